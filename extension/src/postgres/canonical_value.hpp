// Values as bytes by which they can be told apart: two values of a type have the same bytes if and
// only if the type's = holds them for equal (1.0 and 1.00, -0 and 0, 1 month and 30 days), and
// NULLs have bytes of their own. Hash functions of types are not enough: many fold 64 bits into 32,
// and that of numeric forgets the sign.
//
// Types that the server does not bring along are told apart by their own hash functions, where they
// have them, else by their output form, as json and xml are.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Keys of the hashes that stand for long values: whoever makes up the rows must not know them.
struct HashKeys {
  uint64 high;
  uint64 low;
};

// How the values of one type become bytes. Plain data, in the memory context in which it was made.
struct Canonical;

// May raise.
Canonical* MakeCanonical(Oid type, Oid collation);

// Appends the bytes of a value, or of a NULL. What it allocates besides is in the current memory
// context. May raise; looks at interrupts while it reads long values.
void AppendCanonical(StringInfo out, Canonical* canonical, Datum value, bool is_null,
                     const HashKeys& keys);

}  // namespace pg_checker::postgres
