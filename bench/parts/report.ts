import { statSync } from 'node:fs'
import { join } from 'node:path'
import { command, inFolder, node, runSuite, withServer } from '../processes'
import { median } from '../statistics'

export interface HtmlReport {
  readonly cases: number
  readonly findings: number
  /** Of the command that makes the page of `report.json`, its start and the reading among them. */
  readonly seconds: number
  /** Size of the page. */
  readonly bytes: number
}

/** A server with a defect, so that there is something to tell. */
const variant = 'string-as-port-accepted'

/** What the HTML report of a run costs. */
export const report = ({ cases, rounds }: { readonly cases: number; readonly rounds: number }): Promise<HtmlReport> =>
  withServer(
    ({ url }) =>
      inFolder(async (folder) => {
        const run = await runSuite(url, cases, folder)
        const seconds: number[] = []
        for (let round = 0; round < rounds; round++)
          seconds.push((await node([command, 'report', 'report.json', '--report', 'html=page.html'], { cwd: folder })).seconds)
        const { size } = statSync(join(folder, 'page.html'))
        return { cases: run.cases, findings: run.report.findings.length, seconds: median(seconds), bytes: size }
      }),
    variant,
  )
