// Reads dataset "texts" (email text) and fails if one has no @ with something on both sides. Its message is what all
// languages answer: the rows that break the rule, and those without an e-mail.
import { Dataset, Utf8 } from "checker";
import { report } from "./report";

const AT: u8 = 0x40;

function isEmail(text: Utf8): bool {
  const at = text.indexOf(AT, 1);
  return at > 0 && at < text.length - 1;
}

export function check(): void {
  let broken: i64 = 0;
  let missing: i64 = 0;
  const texts = new Dataset("texts");
  const email = texts.text("email");
  while (texts.next()) {
    const rows = texts.rows;
    for (let row = 0; row < rows; row++) {
      if (email.isNull(row)) missing++;
      else if (!isEmail(email.at(row))) broken++;
    }
  }
  texts.close();
  report(broken, missing);
}
