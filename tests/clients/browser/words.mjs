// The stories are written in English. In another language a person sees, and looks for, what the messages of the pages say there.

import fs from 'node:fs'
import path from 'node:path'

const messages = Object.fromEntries(['en', 'ko'].map((language) => [language, read(language)]))

// Every way in which the language says it; none when it puts the sentence together from parts. What no message says, such as a name,
// is the same in all of them.
export function translated(language, text) {
  if (language === 'en') return [text]
  const all = Object.entries(messages.en).flatMap(([key, english]) => {
    const places = [...english.matchAll(PLACE)].map((place) => place[1])
    const pattern = english.replace(/[.*+?^()|[\]\\]/g, '\\$&').replace(PLACE, '(.+)')
    const found = text.match(new RegExp(`^${pattern}$`))
    const values = Object.fromEntries(places.map((place, at) => [place, found?.[at + 1]]))
    return found && found[0] !== found[1] ? [(messages[language][key] ?? '{').replace(PLACE, (_, place) => values[place])] : []
  })
  return all.length ? [...new Set(all)].filter((said) => !said.includes('{')) : [text]
}

// The messages of one line each, without their markup.
function read(language) {
  const text = fs.readFileSync(path.join(process.env.LOCALES, `${language}.ftl`), 'utf8')
  const lines = text.matchAll(/^([a-z][\w-]*) = (.+)$/gm)
  return Object.fromEntries([...lines].map(([, key, said]) => [key, said.replace(/<[^>]+>/g, '')]).filter(([, said]) => !/\{(?! \$\w+ \})/.test(said)))
}

const PLACE = /\{ \$(\w+) \}/g
