import type { Scenario } from './scenario.ts';
import { launching } from './scenarios/launching.ts';
import { staging } from './scenarios/staging.ts';
import { upkeep } from './scenarios/upkeep.ts';

/** Every program that changes a store. */
export const scenarios: readonly Scenario[] = [...staging, ...launching, ...upkeep];
