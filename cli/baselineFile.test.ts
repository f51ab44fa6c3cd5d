import { parseBaseline } from './baselineFile'

const entry = '  - id: 12345e6789\n    reason: old gateway\n    owner: mesh\n    expires: 2027-03-31\n'
const whole = `version: 1\nfindings:\n${entry}`

test('reads what is written, also an id that looks like a number, in YAML and JSON', () => {
  const known = [{ id: '12345e6789', reason: 'old gateway', owner: 'mesh', expires: '2027-03-31' }]
  expect(parseBaseline(whole, 'b.yaml').known).toEqual(known)
  expect(parseBaseline(JSON.stringify({ version: 1, findings: known }), 'b.json').known).toEqual(known)
})

test.each([
  ['broken YAML', 'version: 1\nfindings: [\n', /^b:\d+: /],
  ['no map', '[]', /^b:1: a baseline is a map/],
  ['no version', 'findings: []', /^b:1: version: 1 is missing/],
  ['another version', 'findings: []\nversion: 2', /^b:2: version: 1 is missing/],
  ['no list', 'version: 1\nfindings: none', /^b:2: findings is not a list/],
  ['a misspelt member', `${whole}    expire: 2027-03-31\n`, /^b:7: there is no "expire"/],
  ['a misspelt heading', `${whole}finding: []\n`, /^b:7: there is no "finding"/],
  ['a missing owner', whole.replace('    owner: mesh\n', ''), /^b:3: owner is missing/],
  ['an empty reason', whole.replace('old gateway', ''), /^b:4: reason is not a text/],
  ['a day that is none', whole.replace('2027-03-31', '2027-02-30'), /^b:6: expires is not a date/],
  ['a time for a day', whole.replace('2027-03-31', 'soon'), /^b:6: expires is not a date/],
  ['one id twice', `${whole}${entry}`, /^b:7: the finding 12345e6789 is there twice/],
  ['an alias to nowhere', 'version: 1\nfindings: *x', /^b:2: /],
])('refuses %s with its line', (_, text, expected) => {
  expect(() => parseBaseline(text, 'b')).toThrow(expected)
})
