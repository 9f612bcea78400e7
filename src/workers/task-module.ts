const imported = new Set<string>();
const listeners = new Set<() => void>();

/** An export of a module (an absolute URL). Node keeps modules for each thread, so only the first call pays. */
export async function importExport(module: string, name: string): Promise<unknown> {
  const found = (await import(module)) as Record<string, unknown>;
  if (!imported.has(module)) {
    imported.add(module);
    for (const listener of listeners) listener();
  }
  return found[name];
}

/** Calls back when a module was imported for the first time in this thread. */
export function onFirstImport(listener: () => void): void {
  listeners.add(listener);
}
