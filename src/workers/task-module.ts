/** An export of a module (an absolute URL). Node keeps modules for each thread, so only the first call pays. */
export async function importExport(module: string, name: string): Promise<unknown> {
  const found = (await import(module)) as Record<string, unknown>;
  return found[name];
}
