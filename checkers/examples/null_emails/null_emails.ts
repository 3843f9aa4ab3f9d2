// Few users are without an e-mail: less than parameter "limit" (3), or twice as many on days off.
// The host counts the rows of dataset users_without_email; none of them comes here.
import { assertLessThan, businessDay, paramI64 } from "checker";

export function check(): void {
  const limit = paramI64("limit", 3);
  assertLessThan("users_without_email", businessDay() ? limit : 2 * limit, "few users are without an e-mail");
}
