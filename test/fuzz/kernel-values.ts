import { sharedMemory } from "#hpo/core/shared-memory";
import type { Dataset } from "#hpo/core/dataset";
import { svmKernels } from "#hpo/kernels/svm-kernels";
import { type Kernel, kernelBase, kernelRows } from "#hpo/models/svm/kernel";
import { denseFeatures } from "#hpo/models/svm/settings";
import { transpose } from "#hpo/models/svm/transpose";

/** K of all pairs of rows, with the bits that the solver works with: what a solution is judged by. */
export function kernelValues(data: Dataset, kernel: Kernel): readonly Float32Array[] {
  const features = denseFeatures(data);
  const { width, stride, values } = features;
  if (kernelBase(kernel) === "entries") {
    return Array.from({ length: data.rows }, (_, i) =>
      Float32Array.from({ length: data.rows }, (_value, j) => values[Math.min(i, j) * stride + Math.max(i, j)] as number),
    );
  }
  const size = Math.ceil(data.rows / 16) * 16;
  const out = Math.ceil((width * size * 4) / 64) * 64;
  const memory = sharedMemory(out + size * size * 4);
  const order = Int32Array.from({ length: size }, (_, at) => (at < data.rows ? at : -1));
  transpose({ ...features, order }, new Float32Array(memory.buffer, 0, width * size), size);
  const kernels = svmKernels(memory);
  const rowBytes = size * 4;
  kernels[kernelBase(kernel)](0, rowBytes, 0, rowBytes, width, 0, size, size, out, rowBytes);
  kernelRows(kernels, memory.buffer, kernel, { source: out, sourceStride: rowBytes, out, outStride: rowBytes, rows: size, columns: size });
  return Array.from({ length: data.rows }, (_, row) => new Float32Array(memory.buffer, out + row * rowBytes, data.rows).slice());
}
