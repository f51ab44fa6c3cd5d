/** What windows-1252 has at 0x80 to 0x9F, where ISO 8859-1 has controls (WHATWG Encoding Standard, 9). */
const windows = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/**
 * The texts that bytes may stand for in a charset. Browsers, and Node by its version, read ISO 8859-1 as windows-1252; Java, Python and Go do not.
 * @param charset its name; a label of the WHATWG Encoding Standard
 * @returns the text by the charset's own table first
 * @throws RangeError for no charset; TypeError for bytes that are none of it
 */
export function textsIn(bytes: Buffer, charset: string): readonly string[] {
  const decoder = new TextDecoder(charset, { fatal: true })
  if (decoder.encoding !== 'windows-1252' && decoder.encoding !== 'iso-8859-1') return [decoder.decode(bytes)]
  const own = bytes.toString('latin1')
  const asWindows = own.replace(/[\x80-\x9f]/g, (char) => windows[char.charCodeAt(0) - 0x80] as string)
  return /1252/.test(charset) ? [asWindows, own] : [own, asWindows]
}
