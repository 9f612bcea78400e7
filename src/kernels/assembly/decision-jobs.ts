/**
 * Decisions of 16 rows for many lists of support vectors, one after another: what voting over all pairs of classes needs.
 *
 * A job is four u32: the address of a list of kernel rows (u32 each), the address of its coefficients (one f64 for each, solution by
 * solution), the length of the list, and the number of solutions (1 or 2). The sums are those of decision.ts.
 */
import { tile } from "./decision";

/** Sums of jobs over the columns from byte `column` of the kernel rows; a job's 16 f64 a solution lie 256 bytes behind those of the one before. */
export function decisionJobs(jobs: usize, count: u32, column: usize, out: usize): void {
  for (let job: u32 = 0; job < count; job++) {
    const rows = <usize>load<u32>(jobs), coefficients = <usize>load<u32>(jobs, 4), length = load<u32>(jobs, 8);
    if (load<u32>(jobs, 12) == 2) tile(true, rows, coefficients, length, column, out);
    else tile(false, rows, coefficients, length, column, out);
    jobs += 16;
    out += 256;
  }
}
