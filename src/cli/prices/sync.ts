/** `turnpike prices sync`: compares the price cards with an open catalogue, and adds new cards where it is told to. */
import { resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { EXIT } from '../failure-text.ts';
import type { Io } from '../io.ts';
import { loadCatalogue } from './catalogue.ts';
import { type CatalogueName, catalogueName } from './catalogue-names.ts';
import { type Finding, planTarget } from './plan.ts';
import { type PriceFile, readPriceFile, writePriceFile } from './price-file.ts';
import { type SyncResult, syncDocument, syncText } from './sync-text.ts';

export interface SyncCommand {
  readonly file: string;
  /** `target=provider/model` of the catalogue; each wins over the table of names. */
  readonly map?: readonly string[];
  readonly only?: readonly string[];
  readonly check?: boolean;
  readonly write?: boolean;
  readonly json?: boolean;
}

/** @returns 0 when it could compare; with `check` 1 when something differs; 2 (thrown) when it could not run */
export async function runPricesSync(options: SyncCommand, io: Io): Promise<number> {
  const { file: name, check = false, write = false, json = false } = options;
  if (check && write) throw new Failure('config_invalid', '--check and --write: one or the other');
  const names = namesOf(options.map ?? []);
  const path = resolve(io.cwd, name);
  const file = await readPriceFile(path);
  const targets = targetsOf(file, options.only);
  const catalogue = await loadCatalogue(io.cwd);
  const today = new Date().toISOString().slice(0, 10);

  const plans = targets.map(([target, cards]) => {
    const named = catalogueName(target, names);
    const model = named === undefined ? undefined : catalogue.find(named.provider, named.model);
    if (model !== undefined) return planTarget(target, cards, model, today, catalogue.name);
    const why = named === undefined ? 'no such provider or model there' : `no ${named.provider}/${named.model} there`;
    return { findings: [{ kind: 'unknown', target, why }] satisfies Finding[], left: [] };
  });
  const findings = plans.flatMap((plan): readonly Finding[] => plan.findings);
  const added = findings.flatMap((finding) => (finding.kind === 'changed' ? [finding] : []));
  const written = write && added.length > 0;
  if (written) await writePriceFile(path, file.with(added));

  const left = [...new Set(plans.flatMap((plan) => plan.left))].sort();
  const result: SyncResult = { catalogue: catalogue.name, file: name, written, findings, left };
  io.stdout.write(json ? `${JSON.stringify(syncDocument(result), undefined, 2)}\n` : syncText(result, io.color));
  const differs = findings.some(({ kind }) => kind === 'changed' || kind === 'conflict');
  return check && differs ? EXIT.failed : EXIT.ok;
}

function targetsOf(file: PriceFile, only: readonly string[] | undefined): readonly (readonly [string, Cards])[] {
  if (only === undefined) return [...file.cards];
  return only.map((target) => {
    const cards = file.cards.get(target);
    if (cards === undefined) throw new Failure('config_invalid', `--only: the file has no target "${target}"`);
    return [target, cards];
  });
}

type Cards = NonNullable<ReturnType<PriceFile['cards']['get']>>;

function namesOf(pairs: readonly string[]): ReadonlyMap<string, CatalogueName> {
  return new Map(
    pairs.map((pair) => {
      const [, target, provider, model] = /^([^=]+)=([^/=]+)\/(.+)$/.exec(pair) ?? [];
      if (target === undefined || provider === undefined || model === undefined) {
        throw new Failure('config_invalid', `--map: must be target=provider/model (actual: "${pair.slice(0, 64)}")`);
      }
      return [target, { provider, model }];
    }),
  );
}
