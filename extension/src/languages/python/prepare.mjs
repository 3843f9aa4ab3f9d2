// Makes MicroPython's WebAssembly, as npm has it, ready to be run by pg_checker:
//
//   node prepare.mjs BINARYEN MICROPYTHON.wasm OUTPUT.wasm
//
// As it comes it collects garbage only when no Python code runs, because a collector has to see
// every pointer, and WebAssembly's locals lie where it cannot look: a loop over a million rows would
// keep them all. Binaryen's pass spill-pointers stores locals that live across a call on the stack in
// linear memory, where the host finds them; flatten comes first, so that nothing is left on the
// operand stack. Then the functions that decided not to collect are made imports.
//
// Functions are known by their number, for the build has no names: the digest below says which
// build that is.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [library, input, output] = process.argv.slice(2);
const { default: binaryen } = await import(pathToFileURL(library).href);

const DIGEST = '06338c955b03c5700aa0069015d3e392d76836ef8e2ce25bedbe59b88ccd373c';  // of @micropython/micropython-webassembly-pyscript 1.27.0

// What the host answers instead: number in the module -> import.
const ANSWERED = [
  // gc_collect: notes that somebody should collect later.
  { index: 1278, name: 'gc_collect', params: [], result: binaryen.none },
  // gc_get_max_new_split: the most bytes by which the heap may grow.
  { index: 1277, name: 'gc_room', params: [], result: binaryen.i32 },
];
// What the host calls beside the exports that are there.
const EXPORTED = {
  78: 'gc_collect_start',
  79: 'gc_mark_subtree',
  80: 'gc_collect_end',
  83: 'gc_try_add_heap',
  438: 'mp_cstack_init_with_sp_here',
  594: 'mp_obj_new_float',
  637: 'mp_obj_new_int_from_ll',
  747: 'mp_obj_new_str',
  824: 'mp_obj_new_tuple',
};

// Section "name" with one name: global 0 is the stack pointer, which the pass asks for by name.
function withStackPointerNamed(wasm) {
  const bytes = (text) => [text.length, ...Buffer.from(text)];
  const global = [1, 0, ...bytes('__stack_pointer')];
  const section = [...bytes('name'), 7, global.length, ...global];
  return Buffer.concat([wasm, Buffer.from([0, section.length, ...section])]);
}

const wasm = readFileSync(input);
const digest = createHash('sha256').update(wasm).digest('hex');
if (digest !== DIGEST) throw new Error(`${input} has digest ${digest}, not ${DIGEST}`);

binaryen.setAllowInliningFunctionsWithLoops(false);
const module = binaryen.readBinary(withStackPointerNamed(wasm));
const nameOf = (index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)).name;
for (const [index, name] of Object.entries(EXPORTED)) module.addFunctionExport(nameOf(Number(index)), name);
for (const { index, name, params, result } of ANSWERED) {
  const replaced = nameOf(index);
  module.addFunctionImport(name, 'env', name, binaryen.createType(params), result);
  module.removeFunction(replaced);
  module.addFunction(replaced, binaryen.createType(params), result, [], module.call(name, [], result));
}
module.runPasses(['flatten', 'simplify-locals-nonesting', 'spill-pointers']);
if (!module.validate()) throw new Error('the module is not valid');
writeFileSync(output, module.emitBinary());
