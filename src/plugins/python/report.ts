import { canonicalName } from '../../core-lock/python-distribution.ts';
import { oneLine, redact, StagedoorError } from '../../failure.ts';
import { asArray, asRecord, asText, parseJson } from '../../store/json-shape.ts';

/** A requirement of a distribution, in force for some of its extras. */
export type Need = {
  readonly name: string;
  /** Of the package that is needed; canonical. */
  readonly extras: readonly string[];
  /** PEP 440, or `@ URL`. */
  readonly range: string;
  /** Canonical; the empty one stands for none. */
  readonly when: readonly string[];
};

/** By an address in place of the index, which nothing pins. */
export const isAddressed = ({ range }: Pick<Need, 'range'>): boolean => range.startsWith('@');

/** What pip has chosen. */
export type Chosen = {
  readonly name: string;
  readonly version: string;
  /** `sha256:<hex>`; null where the index announces none. */
  readonly integrity: string | null;
  /** By an address in place of the index. */
  readonly direct: boolean;
  readonly needs: readonly Need[];
};

export type PipReport = {
  /** Canonical name → what was chosen. */
  readonly chosen: ReadonlyMap<string, Chosen>;
};

/**
 * Reads pip's report in the interpreter, by pip's own rules for requirements and markers. The environment says where it lies.
 */
export const reportQuestion = `
import json, os, sys
from pip._vendor.packaging.requirements import Requirement, InvalidRequirement
from pip._vendor.packaging.utils import canonicalize_name
with open(os.environ["STAGEDOOR_QUESTION"], encoding="utf-8") as file: report = json.load(file)
if report.get("version") not in ("0", "1"): sys.exit("another kind of report")
def holds(marker, extra):
    return marker is None or any(marker.evaluate({"extra": one}) for one in {extra, canonicalize_name(extra)})
def needs(metadata):
    extras = [""] + [str(extra) for extra in metadata.get("provides_extra") or []]
    for text in metadata.get("requires_dist") or []:
        try: need = Requirement(text)
        except InvalidRequirement: continue
        when = [canonicalize_name(extra) if extra else "" for extra in extras if holds(need.marker, extra)]
        wanted = [canonicalize_name(extra) for extra in sorted(need.extras)]
        yield {"name": need.name, "extras": wanted, "range": "@ " + need.url if need.url else str(need.specifier), "when": when}
def describe(item):
    info = item["download_info"].get("archive_info") or {}
    known = info.get("hashes") or dict([info["hash"].split("=", 1)] if info.get("hash") else [])
    metadata = item["metadata"]
    return {"name": metadata["name"], "version": metadata["version"], "sha256": known.get("sha256"),
        "direct": bool(item.get("is_direct")), "needs": list(needs(metadata))}
print(json.dumps({"chosen": [describe(item) for item in report["install"]]}))
`;

const longest = 300;

/** What a package says of itself, for people to read. */
const shown = (value: unknown): string => oneLine(redact(asText(value) ?? ''), longest);

const textsOf = (value: unknown): readonly string[] =>
  asArray(value).filter(each => typeof each === 'string');

const needOf = (value: unknown): Need => {
  const { name, extras, range, when } = asRecord(value) ?? {};
  return {
    name: shown(name),
    extras: textsOf(extras),
    range: shown(range),
    when: textsOf(when),
  };
};

const chosenOf = (value: unknown): Chosen | null => {
  const { name, version, sha256, direct, needs } = asRecord(value) ?? {};
  if (typeof name !== 'string' || typeof version !== 'string') return null;
  const known = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  return {
    name: canonicalName(shown(name)),
    version: shown(version),
    integrity: known ? `sha256:${sha256}` : null,
    direct: direct === true,
    needs: asArray(needs).map(needOf),
  };
};

/** What the question has printed; nothing in it is believed before it was looked at. */
export const parseReport = (text: string): PipReport => {
  const answer = asRecord(parseJson(text));
  const list = asArray(answer?.chosen).map(chosenOf);
  const chosen = list.filter(one => one !== null);
  if (answer === null || chosen.length !== list.length)
    throw new StagedoorError('REGISTRY_MALFORMED', 'pip has made no report that can be read');
  return {
    chosen: new Map(chosen.map(one => [one.name, one])),
  };
};
