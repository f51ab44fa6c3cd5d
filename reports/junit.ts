import type { Report } from '../core/report'
import { type TestCase, testCases } from './testCases'
import { shorten, visible } from './text'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text in XML 1.0: characters that it forbids (controls, lone surrogates, U+FFFE and U+FFFF) are shown as their escapes. */
const xml = (text: string): string => visible(text).replace(/[&<>"]/g, (character) => entities[character]!)

const longestName = 300

/** One element; attributes without a value are left out. `inner` is XML. */
function element(name: string, attributes: Readonly<Record<string, string | number | undefined>>, inner = ''): string {
  const pairs = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${xml(shorten(String(value), key === 'message' ? 1500 : longestName))}"`],
  )
  return inner === '' ? `<${name}${pairs.join('')}/>` : `<${name}${pairs.join('')}>${inner}</${name}>`
}

const outcomes = { failed: 'failure', errored: 'error', skipped: 'skipped' } as const

function testCase(test: TestCase): string {
  const inner =
    test.status === 'passed'
      ? ''
      : element(
          outcomes[test.status],
          { type: test.findings[0] ? `${test.findings[0].check}:${test.findings[0].kind}` : test.rule?.result, message: test.message },
          (test.details ?? []).map(xml).join('\n'),
        )
  return `    ${element('testcase', { classname: test.place, name: test.name, time: (test.rule?.seconds ?? 0).toFixed(3) }, inner)}\n`
}

const tally = (tests: readonly TestCase[]) => ({
  tests: tests.length,
  failures: tests.filter(({ status }) => status === 'failed').length,
  errors: tests.filter(({ status }) => status === 'errored').length,
})

/**
 * `junit.xml`: a suite for each operation, a test case for each rule, as the JUnit schema of Jenkins' xUnit plugin has it.
 * The time of a rule is what the target took to answer its cases, of a suite the sum; rules are sent side by side, so that the whole run's is less.
 */
export function renderJunit(report: Report): string {
  const all = testCases(report)
  const names = [...new Set(all.map(({ operation }) => operation))]
  const facts = { target: report.target, document: report.document.file, seed: report.seed, command: report.command }
  const properties = Object.entries(facts).map(([name, value]) => element('property', { name, value }))
  const suites = names.map((operation) => {
    const tests = all.filter((test) => test.operation === operation)
    const attributes = {
      name: operation ?? 'the whole run',
      ...tally(tests),
      skipped: tests.filter(({ status }) => status === 'skipped').length,
      time: tests.reduce((sum, { rule }) => sum + (rule?.seconds ?? 0), 0).toFixed(3),
      timestamp: report.startedAt,
    }
    return `  ${element('testsuite', attributes, `\n    ${element('properties', {}, properties.join(''))}\n${tests.map(testCase).join('')}  `)}\n`
  })
  const root = { name: report.tool.name, ...tally(all), time: report.seconds.toFixed(3) }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', root, `\n${suites.join('')}`)}\n`
}
