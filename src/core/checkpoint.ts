/** What a trial goes on from, and what it leaves to those that go on from it. Both may be called without the object. */
export interface TrialCheckpoint {
  /**
   * What the trial that this one continues wrote last, as an array over a buffer of its own; undefined where it continues none and has to begin.
   * @throws HpoError CHECKPOINT_LOST where those bytes are not to be had: that trial wrote none, or their file is missing or damaged;
   * CHECKPOINT_UNREADABLE where the disk does not give them, which, thrown on, ends the run and not the trial.
   */
  readonly read: () => Uint8Array | undefined;
  /**
   * Leaves a copy of `bytes`; the last one counts. It is durable together with the trial's outcome, once the trial is complete; of a pruned or
   * failed one nothing is kept. @throws HpoError OBJECTIVE_INVALID where it is larger than the study's `checkpointBytes`, or is no Uint8Array.
   */
  readonly write: (bytes: Uint8Array) => void;
}

/** What a complete trial left. */
export interface CheckpointRecord {
  readonly trial: number;
  readonly bytes: Uint8Array;
}

/** Where the bytes of a stored checkpoint are; plain data, so that a slot can read them without the store. */
export interface StoredCheckpoint {
  readonly trial: number;
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
  readonly size: number;
  /** The absolute path of a file, or the bytes themselves. */
  readonly content: string | Uint8Array;
}
