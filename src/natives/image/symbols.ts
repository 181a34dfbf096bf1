/** What the names that a compiled module gives and takes tell of whom it is for. */
export type Symbols = {
  /** It registers by Node-API, which stays the same across versions. */
  readonly nodeApi: boolean;
  /** It uses V8 or Node's own C++ functions, which differ with every version. */
  readonly v8: boolean;
  /** The `NODE_MODULE_VERSION`s that it registers for by name. */
  readonly modules: readonly string[];
  /** It can be imported by a Python. */
  readonly python: boolean;
};

export type SymbolNotes = { note(name: string): void; notes(): Symbols };

const longestList = 16;
const ofV8 = /^_ZNK?(?:2v8|4node)|@(?:v8|node)@@|^node_module_register$/;

export const noteSymbols = (): SymbolNotes => {
  let [nodeApi, v8, python] = [false, false, false];
  const modules = new Set<string>();
  return {
    note: name => {
      const version = /^node_register_module_v(\d{1,6})$/.exec(name)?.[1];
      if (version !== undefined && modules.size < longestList) modules.add(version);
      else if (/^napi_(?:register_module_v\d+|module_register)$/.test(name)) nodeApi = true;
      else if (/^PyInit(?:U)?_/.test(name)) python = true;
      else if (ofV8.test(name)) v8 = true;
    },
    notes: () => ({ nodeApi, v8, modules: [...modules], python }),
  };
};
