import * as host from "./host";
import { panic } from "./log";

/** Microseconds since 1970-01-01 UTC at the transaction's start: the same for the whole run, and frozen in tests. */
export function now(): i64 {
  return host.now();
}

/** Whether today is a Monday to Friday that table `checker.holiday` does not have, in `checker.time_zone`. */
export function businessDay(): bool {
  return host.business_day() != 0;
}

/** The run's input as JSON text, or null if there is none. */
export function input(): string | null {
  if (host.input_get(host.delivered) == 0) return null;
  return String.UTF8.decodeUnsafe(host.deliveredPointer(), host.deliveredLength());
}

/** A parameter of the run as JSON text, such as `42`, `"words"` or `{"a": 1}`; null if it is not given or is null. */
export function param(name: string): string | null {
  const bytes = String.UTF8.encode(name);
  if (host.param_get(changetype<usize>(bytes), bytes.byteLength, host.delivered) == 0) return null;
  const json = String.UTF8.decodeUnsafe(host.deliveredPointer(), host.deliveredLength());
  return json == "null" ? null : json;
}

function refuse(name: string, json: string, wanted: string): void {
  panic('parameter "' + name + '" is ' + json + ", not " + wanted);
}

/**
 * A parameter that is a whole number, or `fallback` if it is not given. Anything else, and a number outside of 64 bits,
 * ends the run with an error that names the parameter.
 */
export function paramI64(name: string, fallback: i64): i64 {
  const json = param(name);
  if (json === null) return fallback;
  const negative = json.charCodeAt(0) == 0x2d;
  let at = i32(negative);
  let number: u64 = 0;
  let valid = at < json.length;
  for (; at < json.length && json.charCodeAt(at) != 0x2e; at++) {
    const digit = <u64>(json.charCodeAt(at) - 0x30);
    if (digit > 9 || number > (u64.MAX_VALUE - digit) / 10) {
      valid = false;
      break;
    }
    number = number * 10 + digit;
  }
  // 3.0 is whole, too.
  for (at++; valid && at < json.length; at++) valid = json.charCodeAt(at) == 0x30;
  if (!valid || number > <u64>i64.MAX_VALUE + u64(negative)) refuse(name, json, "a whole number");
  return <i64>(negative ? 0 - number : number);
}

/** A parameter that is a number, as `parseFloat` reads it, or `fallback` if it is not given. */
export function paramF64(name: string, fallback: f64): f64 {
  const json = param(name);
  if (json === null) return fallback;
  const first = json.charCodeAt(0);
  if (first != 0x2d && (first < 0x30 || first > 0x39)) refuse(name, json, "a number");
  return parseFloat(json);
}

/** A parameter that is true or false, or `fallback` if it is not given. */
export function paramBool(name: string, fallback: bool): bool {
  const json = param(name);
  if (json === null) return fallback;
  if (json != "true" && json != "false") refuse(name, json, "true or false");
  return json == "true";
}

/** A parameter that is a JSON string, without its quotes and escapes, or `fallback` if it is not given. */
export function paramString(name: string, fallback: string): string {
  const json = param(name);
  if (json === null) return fallback;
  if (json.charCodeAt(0) != 0x22) refuse(name, json, "a text");
  let text = "";
  let plain = 1; // where what has no escape begins
  for (let at = 1; at < json.length - 1; at++) {
    if (json.charCodeAt(at) != 0x5c) continue;
    text += json.substring(plain, at);
    const escape = json.charAt(++at);
    if (escape == "b") text += "\b";
    else if (escape == "f") text += "\f";
    else if (escape == "n") text += "\n";
    else if (escape == "r") text += "\r";
    else if (escape == "t") text += "\t";
    else if (escape == "u") {
      // Halves of a pair are code units here, too.
      text += String.fromCharCode(<i32>parseInt(json.substring(at + 1, at + 5), 16));
      at += 4;
    } else text += escape;
    plain = at + 1;
  }
  return text + json.substring(plain, json.length - 1);
}
