/** Characters (UTF-16 units) that a ring holds. */
const ringLength = 32_768;

/** The end of what a task wrote beyond what was posted. */
export interface LogRest {
  readonly epoch: number;
  readonly index: number;
  /** Characters in all, the ring's and those that it lost. */
  readonly written: number;
  readonly tail: string;
}

/** Holds the last characters that a task writes, in memory that outlives the thread which runs it. */
export interface LogRing {
  /** Empties it, for the task at `index` of a batch. */
  begin(epoch: number, index: number): void;
  add(text: string): void;
  /** Only while nobody adds. */
  rest(): LogRest;
}

export function logRingMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(24 + 2 * ringLength);
}

export function logRing(memory: SharedArrayBuffer): LogRing {
  /** Epoch, index, written. */
  const head = new Float64Array(memory, 0, 3);
  const units = new Uint16Array(memory, 24);
  return Object.freeze({
    begin(epoch: number, index: number) {
      head[0] = epoch;
      head[1] = index;
      head[2] = 0;
    },
    add(text: string) {
      const before = head[2] ?? 0;
      for (let at = Math.max(0, text.length - ringLength); at < text.length; at++) units[(before + at) % ringLength] = text.charCodeAt(at);
      head[2] = before + text.length;
    },
    rest() {
      const [epoch = 0, index = 0, written = 0] = head;
      const parts: string[] = [];
      for (let at = Math.max(0, written - ringLength); at < written; ) {
        const from = at % ringLength;
        const to = Math.min(from + 4096, ringLength, from + written - at);
        parts.push(String.fromCharCode(...units.subarray(from, to)));
        at += to - from;
      }
      return { epoch, index, written, tail: parts.join("") };
    },
  });
}
