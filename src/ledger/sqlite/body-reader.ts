/**
 * Reads what a row needs out of the text of an entry. To make an object of the text, and columns of that, takes longer
 * than to store the row; so a text as `bodyOf` writes it for an attempt that was priced is cut into pieces at names that
 * stand in a known order, and the two long pieces that say who called what, which many entries have in common, are looked
 * up. Whatever is not exactly so is read as JSON.
 */
import { columnsOfBody } from '../columns.ts';
import { type Row, rowOf, type Shared } from './row.ts';

/** Without escapes, which leaves out whatever cannot be stored as it is. */
const TEXT = '"([ !#-[\\]-\\uffff]*)"';
const COUNT = '(0|[1-9]\\d*)';
const NUMBER = '-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?';
const NANO = '"(-?\\d+)"';
const BOOLEAN = '(true|false)';
/** Without what it captures. */
const plain = (part: string): string => part.replaceAll(/\((?!\?)/g, '(?:');
const sticky = (...parts: readonly string[]): RegExp => new RegExp(parts.join(''), 'y');

const HEAD = sticky(
  `\\{"kind":"attempt","source":${plain(TEXT)},"id":${TEXT},"callId":${TEXT},"atMs":(${NUMBER}),"decisionId":${TEXT},`,
);
/** Who called: from there to the end of the accounts. */
const WHO_NAMES = ['policyRevision', 'policyDigest', 'target', 'attribution', 'subject', 'keyId', 'accounts'];
const WHO_END = '],"chargedNano":"';
const MIDDLE = sticky(`,"chargedNano":${NANO},`);
/** What for, and what became of it. */
const WHAT_NAMES = ['index', 'reason', 'operation', 'requestedModel', 'outcome'];
const WHAT_END = ',"durationMs":';
const TAIL = sticky(
  `,"durationMs":${NUMBER}(?:,"firstTokenMs":${NUMBER})?`,
  `,"usage":\\{"kind":"(?:exact|estimated)","tokens":\\{"input":${COUNT},"output":${COUNT}`,
  `(?:,"cacheRead":${COUNT})?(?:,"(?:cacheWrite|cacheWrite1h|reasoning|inputAudio|outputAudio|inputImage|outputImage)":`,
  `${plain(COUNT)})*(?:,"tier":${plain(TEXT)})?\\}\\}`,
  `,"cost":\\{"kind":"priced","priceId":${plain(TEXT)},"tier":${plain(TEXT)}(?:,"estimated":${BOOLEAN})?,"items":\\{`,
  `(?:"(?:input|cacheRead|cacheWrite|output|other)Nano":${plain(NANO)},)*"totalNano":${NANO}\\}`,
  `(?:,"estimated":${BOOLEAN})?\\}(?:,"late":${plain(BOOLEAN)})?\\}$`,
);

/** By what was asked for, and by how sure the amount is. */
type OfCaller = Map<string, { exact: Shared | undefined; estimated: Shared | undefined }>;

/** Of each caller, and of all of them, before they are forgotten. */
const MOST_KNOWN = 2_000;

export class BodyReader {
  private readonly callers = new Map<string, OfCaller>();
  private known = 0;

  /** @throws SyntaxError, TypeError, RangeError where it is no entry that could be stored */
  read(body: string): Row {
    return this.readPieces(body) ?? rowOf(columnsOfBody(body));
  }

  private readPieces(body: string): Row | undefined {
    HEAD.lastIndex = 0;
    const head = HEAD.exec(body);
    const whoEnd = head === null ? -1 : body.indexOf(WHO_END, HEAD.lastIndex) + 1;
    if (head === null || whoEnd === 0) return undefined;
    MIDDLE.lastIndex = whoEnd;
    const middle = MIDDLE.exec(body);
    const whatEnd = middle === null ? -1 : body.indexOf(WHAT_END, MIDDLE.lastIndex);
    if (middle === null || whatEnd < 0) return undefined;
    TAIL.lastIndex = whatEnd;
    const tail = TAIL.exec(body);
    if (tail === null) return undefined;
    const [, id = '', callId = '', atMs = '', decisionId = ''] = head;
    const [, input = '', output = '', cacheRead = '0', estimatedBefore, totalNano = '', estimated] = tail;
    const who = body.slice(HEAD.lastIndex, whoEnd);
    const what = body.slice(MIDDLE.lastIndex, whatEnd);
    const isEstimated = (estimated ?? estimatedBefore) === 'true';
    const shared = this.sharedOf(body, who, what, isEstimated ? 'estimated' : 'exact');
    if (shared === undefined) return undefined;
    return {
      at_ms: Math.floor(Number(atMs)),
      id,
      call_id: callId,
      decision_id: decisionId,
      input_tokens: Number(input),
      cache_read_tokens: Number(cacheRead),
      output_tokens: Number(output),
      cost_nano: BigInt(totalNano),
      charged_nano: BigInt(middle[1] ?? ''),
      shared,
    };
  }

  /** @returns undefined: the pieces are not what they seem, as where a tag has the name of a field */
  private sharedOf(body: string, who: string, what: string, certainty: 'exact' | 'estimated'): Shared | undefined {
    const known = this.callers.get(who)?.get(what);
    const shared = known?.[certainty];
    if (shared !== undefined) return shared;
    // All that stands between whole fields is whole fields: so the text has each of them once, and where it seems.
    if (known === undefined && !(hasOnly(who, WHO_NAMES) && hasOnly(what, WHAT_NAMES))) return undefined;
    const made = rowOf(columnsOfBody(body)).shared;
    this.know(who, what)[certainty] = made;
    return made;
  }

  private know(who: string, what: string): { exact: Shared | undefined; estimated: Shared | undefined } {
    if (this.known >= MOST_KNOWN) {
      this.callers.clear();
      this.known = 0;
    }
    const caller: OfCaller = this.callers.get(who) ?? new Map();
    this.callers.set(who, caller);
    const known = caller.get(what) ?? { exact: undefined, estimated: undefined };
    caller.set(what, known);
    this.known += 1;
    return known;
  }
}

function hasOnly(fields: string, names: readonly string[]): boolean {
  try {
    return Object.keys(JSON.parse(`{${fields}}`)).every((name) => names.includes(name));
  } catch {
    return false;
  }
}
