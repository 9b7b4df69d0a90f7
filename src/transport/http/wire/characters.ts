/** Which bytes may stand where in HTTP/1.1 (RFC 9110 §5, RFC 9112 §3), as tables: one look a byte. */

/** 1 where the byte may stand in a token: methods, names of fields. */
export const TOKEN: Uint8Array = table((code) => isAlphanumeric(code) || "!#$%&'*+-.^_`|~".includes(char(code)));

/** 1 where it may stand in the value of a field: tab, space, visible, and what is beyond ASCII. */
export const VALUE: Uint8Array = table((code) => code === 0x09 || (code >= 0x20 && code !== 0x7f));

/** 1 where it may stand in a request target: visible ASCII. A fragment is never sent. */
export const TARGET: Uint8Array = table((code) => code > 0x20 && code < 0x7f && char(code) !== '#');

/** Lower case of the ASCII letters, and the rest as it is. */
export const LOWER: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code + 0x20 : code,
);

/** Value of a hexadecimal digit; 255 for what is none. */
export const HEX: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  /[0-9a-f]/i.test(char(code)) ? Number.parseInt(char(code), 16) : 255,
);

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COLON = 0x3a;

function table(holds: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (holds(code) ? 1 : 0));
}

function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function char(code: number): string {
  return String.fromCharCode(code);
}
