import { defineConfig } from '@playwright/test'

// Chromium's own sandbox cannot be used by root; it looks nothing up by itself.
const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']
if (process.getuid?.() === 0) args.push('--no-sandbox')

export default defineConfig({
  outputDir: 'results/traces',
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // The journeys share two cores and the accounts of the real networks.
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args },
    viewport: { width: 1440, height: 900 },
    locale: 'en-IE',
    timezoneId: 'Europe/Dublin',
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'journeys', testDir: 'journeys' },
    { name: 'kill', testDir: 'kill', timeout: 1_800_000 },
  ],
})
