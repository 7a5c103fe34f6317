import { Presets, SingleBar } from 'cli-progress'

const MEBIBYTE = 1024 * 1024

/** A progress bar on stderr for the bytes read. `stop` removes it. */
export interface Progress {
  show(this: void, read: number, total: number): void
  stop(this: void): void
}

/** Creates a progress bar if stderr is a terminal; otherwise nothing is shown. */
export function startProgress(): Progress {
  if (!process.stderr.isTTY) return { show: () => undefined, stop: () => undefined }
  const bar = new SingleBar(
    {
      format: 'reading {bar} {percentage} % of {size} MiB',
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  )
  return {
    show: (read, total) => {
      if (!bar.isActive) bar.start(total, 0, { size: (total / MEBIBYTE).toFixed(1) })
      bar.update(read)
    },
    stop: () => bar.stop(),
  }
}
