import { withoutSecrets } from "#hpo/core/without-secrets";
import { describe, expect, it } from "vitest";

describe("withoutSecrets", () => {
  it("leaves out the values of variables whose names say that they are secret, and says whose", () => {
    const environment = {
      SECRET_TOKEN: "s3cr3t-value",
      AWS_SECRET_ACCESS_KEY: "wJalr/XU+$&",
      HOME: "/home/someone",
      MY_PASSWD: "p$1ssword",
      SHORT_TOKEN: "abc",
    };
    expect(withoutSecrets("s3cr3t-value, wJalr/XU+$&, p$1ssword in /home/someone: abc", environment)).toBe(
      "[SECRET_TOKEN], [AWS_SECRET_ACCESS_KEY], [MY_PASSWD] in /home/someone: abc",
    );
  });

  it("leaves out the password of an address and nothing else", () => {
    expect(withoutSecrets("401 for https://me:hunter2@host.example/a:b@c and http://host:80/x", {})).toBe(
      "401 for https://me:[password]@host.example/a:b@c and http://host:80/x",
    );
  });

  it("ends soon on long texts", () => {
    expect(withoutSecrets("://a:".repeat(20_000), {})).toHaveLength(100_000);
    expect(withoutSecrets(`://a:${"b".repeat(200_000)}`, {})).toHaveLength(200_005);
  });
});
