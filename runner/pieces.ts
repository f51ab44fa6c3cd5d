import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'

/** Bodies of more bytes are written piece by piece. */
export const largeBody = 64 * 1024

/**
 * A large body in pieces, with a pause between them. A target may refuse such a body early and reset the connection; a write that meets the reset
 * loses the answer that waits in the socket, so each write comes right after a turn of reading.
 * @param pending its `done` ends the writing
 */
export async function* pieces(body: Buffer, pending: { readonly done: boolean }): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += largeBody) {
    if (at > 0) await delay(1)
    await turn()
    if (pending.done) return
    yield body.subarray(at, at + largeBody)
  }
}

/** Milliseconds by which a target that reads at once has read the first packet. */
const packetDelay = 25

/** A body in two packets, cut between two characters: many a server that is right else reads each packet as a text of its own. */
export async function* packets(body: Buffer, pending: { readonly done: boolean }): AsyncGenerator<Buffer> {
  let cut = Math.ceil(body.length / 2)
  while (((body[cut] ?? 0) & 0xc0) === 0x80) cut++
  yield body.subarray(0, cut)
  await delay(packetDelay)
  if (!pending.done) yield body.subarray(cut)
}
