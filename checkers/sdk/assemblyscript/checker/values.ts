import { panic } from "./log";

/** Bytes where the host put them. What a column hands out is reused: it is valid until the column's next one. */
export class Bytes {
  pointer: usize = 0;
  /** In bytes. */
  length: i32 = 0;

  /** The byte at an index; out of bounds ends the run with status `error`. */
  @operator("[]")
  get(index: i32): u8 {
    if (<u32>index >= <u32>this.length) panic("byte " + index.toString() + " of " + this.length.toString());
    return load<u8>(this.pointer + index);
  }

  /** Where a byte is first, from an index on; -1 if it is not there. */
  indexOf(byte: u8, from: i32 = 0): i32 {
    for (let i = from; i < this.length; i++) {
      if (load<u8>(this.pointer + i) == byte) return i;
    }
    return -1;
  }

  /** Negative, 0 or positive as this comes before, equals or comes after `other`, byte by byte: COLLATE "C". */
  compare(other: Bytes): i32 {
    const common = min(this.length, other.length);
    const order = memory.compare(this.pointer, other.pointer, common);
    return order != 0 ? order : this.length - other.length;
  }
}

/** Text in UTF-8 where the host put it. */
export class Utf8 extends Bytes {
  /** Whether it is this text; allocates nothing. */
  equals(text: string): bool {
    let at = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.codePointAt(i);
      if (code > 0xffff) i++;
      const more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      if (at + more >= this.length) return false;
      const first = more == 0 ? code : (0xf00 >> more) | (code >> (6 * more));
      if (load<u8>(this.pointer + at++) != <u8>first) return false;
      for (let left = more - 1; left >= 0; left--) {
        if (load<u8>(this.pointer + at++) != <u8>(0x80 | ((code >> (6 * left)) & 0x3f))) return false;
      }
    }
    return at == this.length;
  }

  /** A string of its own, which is allocated. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.pointer, this.length);
  }
}

/** 16 bytes, the first one first. */
export class Uuid extends Bytes {
  toString(): string {
    let text = "";
    for (let i = 0; i < 16; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10) text += "-";
      const byte = load<u8>(this.pointer + i);
      text += (byte >> 4).toString(16) + (byte & 15).toString(16);
    }
    return text;
  }
}

/**
 * A numeric(p, s): a whole number of 128 bits, `high` and `low`, divided by 10^scale. Arithmetic changes the object, so
 * that one of your own can add up a column: `const sum = new Decimal(amount.scale); … sum.add(amount[row])`.
 */
export class Decimal {
  low: u64 = 0;
  high: i64 = 0;

  /** Zero, or a number of 64 bits. */
  constructor(public scale: i32 = 0, digits: i64 = 0) {
    this.low = <u64>digits;
    this.high = digits >> 63;
  }

  private requireScale(other: Decimal): void {
    if (this.scale != other.scale) {
      panic("decimals of scale " + this.scale.toString() + " and " + other.scale.toString() + " do not mix");
    }
  }

  /** Takes the other's value. */
  set(other: Decimal): Decimal {
    this.low = other.low;
    this.high = other.high;
    this.scale = other.scale;
    return this;
  }

  /** Both must have the same scale. */
  add(other: Decimal): Decimal {
    this.requireScale(other);
    const low = this.low + other.low;
    this.high += other.high + i64(low < this.low);
    this.low = low;
    return this;
  }

  /** Both must have the same scale. */
  subtract(other: Decimal): Decimal {
    this.requireScale(other);
    const borrow = i64(this.low < other.low);
    this.low -= other.low;
    this.high -= other.high + borrow;
    return this;
  }

  /** By a whole number. */
  multiply(factor: i64): Decimal {
    const negative = factor < 0;
    const size = <u64>(negative ? 0 - factor : factor);
    // The low 64 bits times the factor, by halves of 32 bits.
    const a0 = this.low & 0xffffffff;
    const a1 = this.low >> 32;
    const b0 = size & 0xffffffff;
    const b1 = size >> 32;
    const low = a0 * b0;
    const middle = a1 * b0 + (low >> 32);
    const cross = a0 * b1 + (middle & 0xffffffff);
    const carry = a1 * b1 + (middle >> 32) + (cross >> 32);
    this.high = this.high * <i64>size + <i64>carry;
    this.low = (cross << 32) | (low & 0xffffffff);
    if (negative) this.negate();
    return this;
  }

  negate(): Decimal {
    this.low = ~this.low + 1;
    this.high = ~this.high + i64(this.low == 0);
    return this;
  }

  isZero(): bool {
    return (this.low | <u64>this.high) == 0;
  }

  /** Negative, 0 or positive as this is less than, equal to or greater than `other`, of the same scale. */
  compare(other: Decimal): i32 {
    this.requireScale(other);
    if (this.high != other.high) return this.high < other.high ? -1 : 1;
    return this.low == other.low ? 0 : this.low < other.low ? -1 : 1;
  }

  /** The digits as a whole number, without the point. One that does not fit ends the run with status `error`. */
  toI64(): i64 {
    if (this.high != <i64>this.low >> 63) panic(this.toString() + " does not fit into 64 bits");
    return <i64>this.low;
  }

  /** All decimals, as the server shows it: digits 5, scale 2 is "0.05". */
  toString(): string {
    const size = new Decimal().set(this);
    const negative = this.high < 0;
    if (negative) size.negate();
    let text = "";
    for (let written = 0; written <= this.scale || !size.isZero(); written++) {
      if (written == this.scale && written > 0) text = "." + text;
      text = size.divideByTen().toString() + text;
    }
    return negative ? "-" + text : text;
  }

  /** Of a value that is not negative. Returns the rest. */
  private divideByTen(): i32 {
    let rest: u64 = 0;
    let quotientHigh: u64 = 0;
    let quotientLow: u64 = 0;
    for (let limb = 3; limb >= 0; limb--) {
      const half = limb >= 2 ? <u64>this.high : this.low;
      const shift = <u64>(limb & 1) * 32;
      rest = (rest << 32) | ((half >> shift) & 0xffffffff);
      const quotient = rest / 10;
      if (limb >= 2) quotientHigh |= quotient << shift;
      else quotientLow |= quotient << shift;
      rest %= 10;
    }
    this.high = <i64>quotientHigh;
    this.low = quotientLow;
    return <i32>rest;
  }
}
