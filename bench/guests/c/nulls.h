/* The nulls of a column in a batch. */
#ifndef NULLS_H
#define NULLS_H

#include "checker_abi.h"

static int IsNull(const struct ArrowArray* column, int64_t row) {
  const uint8_t* validity = column->buffers[0];
  return validity != NULL && !(validity[row / 8] >> (row % 8) & 1);
}

#endif
