import { fail, succeed } from "checker";

/** "BROKEN FIGURE", a failure if a row breaks the rule. */
export function report(broken: i64, figure: i64): void {
  const text = `${broken} ${figure}`;
  if (broken > 0) fail(text);
  else succeed(text);
}
