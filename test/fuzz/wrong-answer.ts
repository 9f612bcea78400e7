/** A reader took a case and gave another answer than the plain reference. */
export class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}
