import { chromium, type Browser } from 'playwright-core'
import { findChromium } from './program.js'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium, headless and with a profile of its own: CHROMIUM_PATH, else Debian's. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium()!,
    headless: true,
    args: ARGUMENTS,
  })
}
