/** Memory for what the host delivers: the `checker_alloc` of the guest ABI. Its blocks are aligned to 16 bytes. */
export function checker_alloc(size: usize, align: usize): usize {
  return heap.alloc(size);
}
