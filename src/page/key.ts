import { newKey } from './api.js'
import { byId, h, type Child } from './dom.js'

/** Asks for a key in a dialog; undefined when there is none. */
export function askForKey(reason: string): Promise<string | undefined> {
  const dialog = byId<HTMLDialogElement>('key')
  const input = byId<HTMLInputElement>('key-input')
  byId('key-reason').textContent =
    reason === '' ? 'What it shows, and what it does, is for people with a key.' : reason
  input.value = ''
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => {
        const key = input.value.trim()
        input.value = ''
        resolve(dialog.returnValue === 'use' && key !== '' ? key : undefined)
      },
      { once: true },
    )
    dialog.returnValue = ''
    dialog.showModal()
    input.focus()
  })
}

/** A button that asks for another key, and what happens when there is one. */
export function keyButton(onKey: () => void): Child {
  const ask = async (): Promise<void> => {
    if (await newKey('')) onKey()
  }
  return h(
    'button',
    { type: 'button', class: 'button small', on: { click: () => void ask() } },
    'Use another key',
  )
}
