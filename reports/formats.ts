/** Report formats and the file that each is written to unless another is named; `-` is standard output. */
export const formatFiles = {
  html: 'index.html',
  json: 'report.json',
  junit: 'junit.xml',
  sarif: 'report.sarif',
  markdown: 'summary.md',
  github: '-',
  har: 'report.har',
  ctrf: 'ctrf.json',
} as const

export type Format = keyof typeof formatFiles

export const formats = Object.keys(formatFiles) as readonly Format[]
