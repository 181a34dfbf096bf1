import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildFromSource } from '#src/natives/build.js';
import { ownAbi } from '#src/natives/own-abi.js';
import type { TreeEntry } from '#src/store/tree-list.js';
import { temporaryFolder } from '../folder.ts';

export const never: AbortSignal = new AbortController().signal;
export const exec = process.execPath;

export const binding = (more: object = {}): string =>
  JSON.stringify({ targets: [{ target_name: 'addon', sources: ['addon.cc'], ...more }] });

/** Answers with its ABI, through V8: it loads in a Node of this ABI alone. */
export const source = `#include <node.h>
NODE_MODULE_INIT() { exports->Set(context, v8::String::NewFromUtf8Literal(context->GetIsolate(), "modules"), v8::Number::New(context->GetIsolate(), NODE_MODULE_VERSION)).Check(); }`;

type Files = Readonly<Record<string, string>>;

/** A tree with one package, as it is before it is built. */
export const treeWith = (
  files: Files,
  name = 'native',
): { readonly tree: string; readonly folder: string } => {
  const tree = path.join(temporaryFolder(), 'tree');
  const folder = path.join(tree, 'node_modules', ...name.split('/'));
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
  const all: Files = {
    'package.json': manifest,
    'index.js': "module.exports = require('./build/Release/addon.node');",
    ...files,
  };
  for (const [file, text] of Object.entries(all)) writeFileSync(path.join(folder, file), text);
  return { tree, folder };
};

export const build = (
  tree: string,
  signal: AbortSignal = never,
  names: readonly string[] = ['native'],
): Promise<readonly TreeEntry[]> => buildFromSource({ abi: ownAbi(), exec, tree, names, files: [] }, signal);
