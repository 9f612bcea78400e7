// Tasks that throw, in every way.
class HpoError extends Error {
  name = "HpoError";
  code = "DATA_INVALID";
}
class ReadFails extends Error {
  get message() {
    throw new Error("message can't be read");
  }
  get stack() {
    throw new Error("stack can't be read");
  }
}

export const error = () => {
  throw new Error("the pump is dry");
};
export const rejection = async () => {
  await null;
  throw new RangeError("out\n  of   range");
};
export const coded = () => {
  throw new HpoError("column 3 is empty");
};
export const text = () => {
  throw "just text";
};
export const nothing = () => {
  throw undefined;
};
export const nil = () => {
  throw null;
};
export const symbol = () => {
  throw Symbol("s");
};
export const frozen = () => {
  throw Object.freeze(new Error("frozen solid"));
};
export const ownCause = () => {
  const error = new Error("its own cause");
  error.cause = error;
  throw error;
};
export const caused = () => {
  throw new Error("outer", { cause: new Error("inner") });
};
export const unreadable = () => {
  throw new ReadFails();
};
export const hostile = () => {
  const refuse = () => {
    throw new Error("no");
  };
  throw new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse });
};
export const empty = () => {
  throw new TypeError();
};
export const long = () => {
  throw new Error("x".repeat(100_000));
};
export const badThenable = () => ({
  get then() {
    throw new Error("then can't be read");
  },
});
export const tooLargeArray = () => new ArrayBuffer(2 ** 53 - 1);
export const returnsFunction = () => ({ inner: () => 1 });
export const returnsUnreadable = () => ({
  get member() {
    throw new Error("member can't be read");
  },
});
