import type { Scenario } from './scenario.ts';
import { launching } from './scenarios/launching.ts';
import { staging } from './scenarios/staging.ts';
import { upkeep } from './scenarios/upkeep.ts';

/** Every program that changes a store. */
export const scenarios: readonly Scenario[] = [...staging, ...launching, ...upkeep];

export const scenarioNamed = (name: string): Scenario => {
  const scenario = scenarios.find(known => known.name === name);
  if (scenario === undefined) throw new Error(`there is no program ${name}`);
  return scenario;
};
