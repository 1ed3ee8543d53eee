// Runs the SQL of standard input in DuckDB and prints the rows of its answer as JSON,
// each an object whose values are texts as DuckDB writes them, or null.
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const connection = await (await DuckDBInstance.create(":memory:")).connect();
const reader = await connection.runAndReadAll(readFileSync(0, "utf8"));
const text = (value) => (value === null ? null : String(value));
const rows = reader.getRowObjects().map((row) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])),
);
console.log(JSON.stringify(rows));
