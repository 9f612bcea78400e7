/**
 * Holders whose leases this process gave up without being able to take them out of the database, since its disk was full or failed. Of the whole process:
 * each opening of a database is a store of its own, and to the others this process, while it lives, still seems to hold them.
 */
const givenUp = new Set<string>();

export function giveUpLease(holderId: string): void {
  givenUp.add(holderId);
}

export function isGivenUp(holderId: string): boolean {
  return givenUp.has(holderId);
}
