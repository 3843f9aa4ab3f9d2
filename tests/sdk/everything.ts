// The same as everything.c, with the SDK for AssemblyScript.
import {
  assertEmpty, assertEqual, assertFalse, assertGreaterThan, assertLessThan, assertNotEmpty, assertRowCount, assertTrue,
  businessDay, Bytes, Column, Csv, Dataset, fail, input, Level, log, now, ok, panic, param, paramBool, paramF64,
  paramI64, paramString, succeed, warn,
} from "checker";

const TYPES: StaticArray<string> = [
  "boolean", "smallint", "integer", "bigint", "real", "double precision", "text", "bytea", "date", "timestamp",
  "timestamptz", "interval", "uuid", "numeric",
];

function say(text: string): void {
  log(Level.Info, text);
}

function hex(bytes: Bytes): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += (bytes[i] >> 4).toString(16) + (bytes[i] & 15).toString(16);
  return text;
}

function orNull(column: Column, row: i32, text: string): string {
  return column.isNull(row) ? "null" : text;
}

function readValues(): void {
  const rows = new Dataset("rows");
  let head = "";
  for (let i = 0; i < rows.columnCount; i++) {
    head += (i == 0 ? "" : ", ") + rows.columnName(i) + " " + TYPES[rows.columnType(i)];
  }
  say(head);
  const b = rows.bool("b");
  const s = rows.int16("s");
  const i = rows.int32("i");
  const l = rows.int64("l");
  const f = rows.float32("f");
  const g = rows.float64("g");
  const t = rows.text("t");
  const z = rows.bytea("z");
  const d = rows.date("d");
  const ts = rows.timestamp("ts");
  const tz = rows.timestamptz("tz");
  const iv = rows.interval("iv");
  const u = rows.uuid("u");
  const n = rows.decimal("n");
  const j = rows.text("j");
  while (rows.next()) {
    for (let row = 0; row < rows.rows; row++) {
      const text = t[row];
      const bytes = z[row];
      const json = j[row];
      say([
        orNull(b, row, b[row].toString()),
        orNull(s, row, s[row].toString()),
        orNull(i, row, i[row].toString()),
        orNull(l, row, l[row].toString()),
        orNull(f, row, reinterpret<i32>(f[row]).toString()),
        orNull(g, row, reinterpret<i64>(g[row]).toString()),
        text === null ? "null" : text.toString(),
        bytes === null ? "null" : hex(bytes),
        orNull(d, row, d[row].toString()),
        orNull(ts, row, ts[row].toString()),
        orNull(tz, row, tz[row].toString()),
        orNull(iv, row, `${iv.months(row)} ${iv.days(row)} ${iv.nanoseconds(row)}`),
        orNull(u, row, u[row].toString().replaceAll("-", "")),
        orNull(n, row, n[row].toString()),
        json === null ? "null" : json.toString(),
      ].join("|"));
    }
  }
  rows.close();
}

function readCsv(): void {
  const csv = new Csv("rows");
  say("[" + csv.names.join("]|[") + "]");
  while (csv.next()) {
    let text = "";
    for (let i = 0; i < csv.fieldCount; i++) {
      const field = csv[i];
      text += (i == 0 ? "" : "|") + (field === null ? "null" : `[${field.toString()}]`);
    }
    say(text);
  }
}

function assertAll(): void {
  const held: bool[] = [
    assertEmpty("none", "empty"),
    assertEmpty("rows", "empty"),
    assertNotEmpty("rows", "not empty"),
    assertNotEmpty("none", "not empty"),
    assertLessThan("rows", 4, "less"),
    assertLessThan("rows", 3, "less"),
    assertGreaterThan("rows", 2, "greater"),
    assertGreaterThan("rows", 3, "greater"),
  ];
  for (let operator = 0; operator <= 5; operator++) held.push(assertRowCount("rows", operator, 3, "count"));
  held.push(assertEqual("rows", "rows", "equal"));
  held.push(assertEqual("rows", "others", "equal"));
  held.push(assertTrue(true, "true"));
  held.push(assertTrue(false, "true"));
  held.push(assertFalse(false, "false"));
  held.push(assertFalse(true, "false"));
  fail("fäil");
  warn("warn");
  succeed("succeed");
  ok("ok");
  let text = "";
  for (let i = 0; i < held.length; i++) text += held[i] ? "1" : "0";
  say(text);
}

function shown(text: string | null): string {
  return text === null ? "null" : text;
}

function readParams(): void {
  const flags = [paramBool("yes", false), paramBool("no", true), paramBool("nothing", true)];
  say(
    `${paramI64("whole", -1)} ${paramI64("least", -1)} ${paramI64("absent", -1)} ` +
    `${<i64>(paramF64("number", -1) * 1000)} ${i32(flags[0])}${i32(flags[1])}${i32(flags[2])} ` +
    `${paramString("text", "none")} ${paramString("absent", "none")} ${shown(param("object"))} ` +
    `${shown(param("absent"))} ${shown(input())}`);
  say(`${i32(businessDay())} ${now()}`);
}

export function check(): void {
  const job = paramString("do", "");
  if (job == "values") readValues();
  else if (job == "csv") readCsv();
  else if (job == "assertions") assertAll();
  else if (job == "params") readParams();
  else if (job == "wrong type") new Dataset("rows").int64("t");
  else if (job == "no column") new Dataset("rows").int64("x");
  else if (job == "wrong param") paramI64("text", 0);
  else if (job == "levels") {
    log(Level.Debug, "debug");
    log(Level.Info, "info");
    log(Level.Warning, "warning");
    log(Level.Error, "error");
  } else panic("nothing to do");
}
