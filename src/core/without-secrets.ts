/** Names of environment variables that hold what nobody else may read. */
const secretName = /SECRET|TOKEN|PASSW(?:OR)?D|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|_AUTH$/i;

/** Shorter values are words that stand in many a message by chance. */
const shortest = 8;

/** The password of an address: "https://user:password@host". Of bounded length, so that a long text costs O(length). */
const addressPassword = /(:\/\/[^\s/:@]{0,256}:)[^\s/@]{1,1024}(?=@)/g;

/**
 * A text that is going to be stored, without passwords of addresses and without the values of environment variables whose names say that they are secret
 * (TOKEN, SECRET, PASSWORD, API_KEY and the like): a message such as "401 for https://me:hunter2@host" outlives the shell that it came from. What is left
 * out is named. O(text × such variables).
 */
export function withoutSecrets(text: string, environment: Readonly<Record<string, string | undefined>> = process.env): string {
  let shown = text.replace(addressPassword, "$1[password]");
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value.length < shortest || !secretName.test(name)) continue;
    shown = shown.replaceAll(value, () => `[${name}]`);
  }
  return shown;
}
