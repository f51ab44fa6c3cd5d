/** @jest-config-loader esbuild-register */
import type { Config } from 'jest'

const config: Config = {
  testEnvironment: 'node',
  globalSetup: './test/scratch.ts',
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
    '/node_modules/(@scalar|https-proxy-agent|agent-base|proxy-agent-negotiate)/.+\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(jsonpath-rfc9535|@scalar|https-proxy-agent|agent-base|proxy-agent-negotiate)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/contracts/broker/vendor/'],
  testTimeout: 300_000,
  // Much of a test is waiting for other processes, so that on two cores two at a time take half the time.
  maxWorkers: '100%',
}

export default config
