import * as host from "./host";

/** How much a line of the log matters. */
export enum Level { Debug = 0, Info = 1, Warning = 2, Error = 3 }

/** A line of the run's log; all lines together may have `checker.output_limit` bytes. */
export function log(level: Level, text: string): void {
  const bytes = String.UTF8.encode(text);
  host.log(level, changetype<usize>(bytes), bytes.byteLength);
}

/**
 * Ends the run with status `error`: logs the text at level `error`, and traps. For what must not happen; a rule that does
 * not hold is a `fail`.
 */
export function panic(text: string): void {
  log(Level.Error, text);
  unreachable();
}

/** What uncaught errors and failed asserts call, where the compiler is told so. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  let text = message === null ? "aborted" : changetype<string>(message);
  if (file !== null) text += " in " + changetype<string>(file) + ":" + line.toString() + ":" + column.toString();
  panic(text);
}
