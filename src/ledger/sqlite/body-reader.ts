/**
 * Reads what a row needs out of the text of an entry. To make an object of the text, and columns of that, takes longer
 * than to store the row; so a text as `bodyOf` writes it for an attempt that was priced is cut into pieces at names that
 * stand in a known order, and the two long pieces that say who called what, which many entries have in common, are looked
 * up. Whatever is not exactly so is read as JSON.
 */
import type { LedgerEntry } from '../../core/ledger-entry.ts';
import { columnsOf, columnsOfBody } from '../columns.ts';
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

interface Who {
  readonly text: string;
  readonly fields: object;
  /** At twice the number of what was asked for, and behind that where the amount is estimated. */
  readonly shared: (Shared | undefined)[];
}

interface What {
  readonly fields: object;
  readonly number: number;
}

/** Of each, before all are forgotten. */
const MOST_WHO = 2_000;
const MOST_WHAT = 100;

export class BodyReader {
  private readonly whos = new Map<string, Who>();
  private readonly whats = new Map<string, What>();
  /** To compare a text takes a fifth of what looking it up takes. */
  private last: Who | undefined;

  /** @throws SyntaxError, TypeError, RangeError where it is no entry that could be stored */
  read(body: string): Row {
    return this.readPieces(body) ?? rowOf(columnsOfBody(body));
  }

  private readPieces(body: string): Row | undefined {
    HEAD.lastIndex = 0;
    const head = HEAD.exec(body);
    const whoEnd = head === null ? 0 : body.indexOf(WHO_END, HEAD.lastIndex) + 1;
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
    const shared = this.sharedOf(who, what, (estimated ?? estimatedBefore) === 'true');
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
  private sharedOf(whoText: string, whatText: string, estimated: boolean): Shared | undefined {
    const what = this.whats.get(whatText) ?? this.newWhat(whatText);
    const who = this.last?.text === whoText ? this.last : (this.whos.get(whoText) ?? this.newWho(whoText));
    if (what === undefined || who === undefined) return undefined;
    this.last = who;
    const place = 2 * what.number + (estimated ? 1 : 0);
    const known = who.shared[place];
    if (known !== undefined) return known;
    const cost = { ...PRICED, estimated };
    // The cast: fields of an entry, as many as there were; what is shared is made of no other than these.
    const columns = columnsOf({ ...REST, ...who.fields, ...what.fields, cost } as unknown as LedgerEntry, '');
    const { shared } = rowOf(columns);
    who.shared[place] = shared;
    return shared;
  }

  private newWho(text: string): Who | undefined {
    const fields = wholeFields(text, WHO_NAMES);
    if (fields === undefined) return undefined;
    if (this.whos.size >= MOST_WHO) this.whos.clear();
    const who: Who = { text, fields, shared: [] };
    this.whos.set(text, who);
    return who;
  }

  private newWhat(text: string): What | undefined {
    const fields = wholeFields(text, WHAT_NAMES);
    if (fields === undefined) return undefined;
    if (this.whats.size >= MOST_WHAT) {
      this.whats.clear();
      // Numbers come again.
      this.whos.clear();
      this.last = undefined;
    }
    const what: What = { fields, number: this.whats.size };
    this.whats.set(text, what);
    return what;
  }
}

const PRICED = { kind: 'priced', items: { totalNano: 0n } };
/** Of an entry of which what is shared is to be known. */
const REST = {
  ...{ kind: 'attempt', id: '', callId: '', decisionId: '', atMs: 0, chargedNano: 0n },
  usage: { kind: 'unknown' },
};

/**
 * All that stands between whole fields is whole fields: so where these are, the text has each of them once, and where it
 * seems.
 */
function wholeFields(text: string, names: readonly string[]): object | undefined {
  try {
    const fields: object = JSON.parse(`{${text}}`);
    return Object.keys(fields).every((name) => names.includes(name)) ? fields : undefined;
  } catch {
    return undefined;
  }
}
