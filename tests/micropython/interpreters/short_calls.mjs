// Calls that may be left by a longjmp, without a detour through JavaScript.
//
// The package is built so that WebAssembly leaves every such call to a function of JavaScript, "invoke_" and the
// types of what it returns and takes, which calls back into WebAssembly and catches what is thrown. MicroPython
// makes one for nearly every call of a function: the detour took half of the time. `takeShortCalls` puts a small
// WebAssembly module in the place of those functions, made here byte by byte. It does what they do:
//
//   sp = stackSave(); try { return table[index](...rest) } catch { if it was a longjmp: setThrew; else rethrow }

const I32 = 0x7f, NOTHING = 0x40;
const LOCAL_GET = 0x20, LOCAL_SET = 0x21, CALL = 0x10, CALL_INDIRECT = 0x11, I32_CONST = 0x41, I32_EQZ = 0x45;
const TRY = 0x06, CATCH_ALL = 0x19, RETHROW = 0x09, IF = 0x04, END = 0x0b;

// The table's first entry is nobody's: a null pointer would call it. Here it is what tells the stack's place.
const STACK_PLACE = 0;

export function takeShortCalls() {
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (binary, imports) => {
    const module = await WebAssembly.compile(binary);
    const wanted = WebAssembly.Module.imports(module).map(({ name }) => name);
    const names = wanted.filter((name) => name.startsWith("invoke_"));
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
    let main;
    let isLongjmp = false;
    const caught = (place) => {
      main._emscripten_stack_restore(place);
      if (!isLongjmp) return 0;
      isLongjmp = false;
      main.setThrew(1, 0);
      return 1;
    };
    const longjmp = imports.env._emscripten_throw_longjmp;
    const noteLongjmp = () => {
      isLongjmp = true;
      longjmp();
    };
    const calls = await instantiate(await WebAssembly.compile(callsModule(names)), { env: { caught, table } });
    const env = { ...imports.env, ...calls.exports, _emscripten_throw_longjmp: noteLongjmp };
    const instance = await instantiate(module, { ...imports, env });
    main = instance.exports;
    const theirs = main.__indirect_function_table;
    table.grow(theirs.length - 1);
    for (let index = 1; index < theirs.length; index++) table.set(index, theirs.get(index));
    table.set(STACK_PLACE, main.emscripten_stack_get_current);
    return { module, instance };
  };
}

// A module that exports a function of each name; it imports the table, and what is asked when something was caught.
function callsModule(names) {
  const types = [type([], [I32]), type([I32], [I32])];
  const [placeType, caughtType] = [0, 1];
  const bodies = names.map((name) => {
    const letters = name.slice("invoke_".length);
    if (!/^[vi]i*$/.test(letters)) throw new Error(`${name}: only 32-bit integers are known here`);
    const results = letters[0] === "v" ? [] : [I32];
    const arguments_ = [...letters.slice(1)].map(() => I32);
    const own = types.push(type([I32, ...arguments_], results)) - 1;
    const callee = types.push(type(arguments_, results)) - 1;
    const place = arguments_.length + 1;
    const code = [
      ...[1, 1, I32],  // one local: the stack's place
      ...[I32_CONST, STACK_PLACE, CALL_INDIRECT, placeType, 0, LOCAL_SET, place],
      ...[TRY, results[0] ?? NOTHING],
      ...arguments_.flatMap((_, index) => [LOCAL_GET, index + 1]),
      ...[LOCAL_GET, 0, CALL_INDIRECT, callee, 0],
      ...[CATCH_ALL, LOCAL_GET, place, CALL, 0, I32_EQZ, IF, NOTHING, RETHROW, 1, END],
      ...(results.length ? [I32_CONST, 0] : []),
      ...[END, END],
    ];
    return { own, code };
  });
  const text = (words) => sized([...new TextEncoder().encode(words)]);
  const imports = [
    [...text("env"), ...text("caught"), 0, caughtType],
    [...text("env"), ...text("table"), 1, 0x70, 0, 1],
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, imports),
    ...section(3, bodies.map(({ own }) => [own])),
    ...section(7, names.map((name, index) => [...text(name), 0, index + 1])),
    ...section(10, bodies.map(({ code }) => sized(code))),
  ]);
}

const type = (taken, returned) => [0x60, ...sized(taken), ...sized(returned)];
const sized = (bytes) => [...number(bytes.length), ...bytes];

function section(id, items) {
  return [id, ...sized([...number(items.length), ...items.flat()])];
}

// LEB128, as WebAssembly writes lengths.
function number(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >> 7)];
}
