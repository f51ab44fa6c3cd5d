import type { Finding } from '../core/finding'
import { cut, shorten, visible } from './text'
import { answerWords, docsName, howOften, sentWords, standingWords, steadiness } from './words'

const longestLine = 1200
const longestCommand = 4000

/**
 * What there is to tell of a finding besides its title, in plain lines: promise, request, answer, why it is wrong, how often it was seen.
 * Texts of a target are bounded, and what cannot be seen in them is shown as its escape.
 */
export function findingLines(finding: Finding): string[] {
  const line = (label: string, text: string) => `${label.padEnd(10)}${visible(shorten(text, longestLine))}`
  const came = finding.received ?? (finding.response ? answerWords(finding.response) : undefined)
  return [
    line('Promised', finding.promise),
    ...(finding.docs ? [line('', `${docsName(finding.docs)}  ${finding.docs.section}`)] : []),
    ...(finding.request ? sentWords(finding).map((words, at) => line(at === 0 ? 'Sent' : '', words)) : []),
    ...(finding.expected === undefined ? [] : [line('Owed', finding.expected)]),
    ...(came === undefined ? [] : [line('Came', came)]),
    ...(finding.message === finding.title ? [] : [line('Wrong', finding.message)]),
    line('Seen', `${howOften(finding)} that could show it; ${steadiness(finding)}`),
    ...(finding.baseline ? [line('Baseline', standingWords(finding) ?? '')] : []),
  ]
}

/** The commands that send a finding again: by curl, if that line is not too long, and by replay. */
export function commandsOf({ curl, replay }: Pick<Finding, 'curl' | 'replay'>): string[] {
  const whole = [curl, replay].filter((command) => command !== undefined && cut(command, longestCommand).left === 0) as string[]
  return whole.flatMap((command) => command.split('\n').map(visible))
}
