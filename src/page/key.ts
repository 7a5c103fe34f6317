import { newKey } from './api.js'
import { button, byId, type Child } from './dom.js'

/** Asks for a key in a dialog; resolves with undefined if the user enters none. */
export function askForKey(reason: string): Promise<string | undefined> {
  const dialog = byId<HTMLDialogElement>('key')
  const input = byId<HTMLInputElement>('key-input')
  byId('key-reason').textContent = reason === '' ? 'The service requires a key.' : reason
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

/** Creates a button that asks for another key and calls `onKey` with it in place. */
export function keyButton(onKey: () => void): Child {
  const ask = async (): Promise<void> => {
    if (await newKey('')) onKey()
  }
  return button('Use another key', () => void ask())
}
