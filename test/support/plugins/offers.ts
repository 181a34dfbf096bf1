import type { Offer } from './provider.ts';

/** Few and small files: every operation on one is one more crash. */
export const older: Offer = { version: '1.0.0', files: { 'package.json': '{"old":1}', 'index.js': '1' } };
export const newer: Offer = { version: '2.0.0', files: { 'package.json': '{"new":1}', 'lib/a.js': '22' } };

export const offerOf = (version: string): Offer => (version === older.version ? older : newer);
