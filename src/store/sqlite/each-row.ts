import type { Statement } from "better-sqlite3";

/**
 * The rows of a query one by one. Where a page can't be read the query is ended before the error goes on: one that is left open keeps the connection
 * busy, which then can't even be closed.
 */
export function* eachRow<Binds extends unknown[], Row>(statement: Statement<Binds, Row>, ...values: Binds): Generator<Row, void> {
  const rows = statement.iterate(...values);
  try {
    for (let next = rows.next(); next.done !== true; next = rows.next()) yield next.value;
  } finally {
    rows.return?.();
  }
}
