// What every story needs: people at a browser, who see what is on a page and use it by its labels.
//
// A story is told once in each language. Each page that a person is said to see is looked at in light and dark, on a phone and on a
// desktop: axe-core has no finding, nothing scrolls sideways, and a screenshot is kept.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import { translated } from './words.mjs'

const { UAA, STORY, SCREENSHOTS, HEADFUL } = process.env

// Tells a story in every language: `tell(it)`, where `it.person()` opens a browser profile of its own.
export async function story(tell, options = {}) {
  fs.rmSync(path.join(SCREENSHOTS, STORY), { recursive: true, force: true })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: !HEADFUL,
    slowMo: HEADFUL ? 400 : 0,
    // Chromium's own sandbox refuses to start as root.
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  })
  try {
    const tellings = ['en', 'ko'].map((language) => () => new Story(browser, language, options).told(tell))
    // At once, because much of a sign-in is waiting; one after the other for somebody who watches.
    if (HEADFUL) for (const telling of tellings) await telling()
    else await Promise.all(tellings.map((telling) => telling()))
  } finally {
    await browser.close()
  }
  console.log('story: done')
}

class Story {
  constructor(browser, language, options) {
    Object.assign(this, { browser, language, options, people: [], inspected: new Set() })
  }

  async told(tell) {
    try {
      await tell(this)
    } catch (error) {
      for (const person of this.people) await person.tellWhereItIs()
      throw error
    } finally {
      for (const person of this.people) await person.context.close()
    }
  }

  // A name that nobody has in the other language's telling.
  name(name) {
    return `${name}-${this.language}`
  }

  // Somebody with a browser profile of their own.
  async person(more = {}) {
    const locale = { en: 'en-GB', ko: 'ko-KR' }[this.language]
    const settings = { locale, reducedMotion: 'reduce', viewport: DESKTOP, ...this.options, ...more }
    const context = await this.browser.newContext(settings)
    context.setDefaultTimeout(15_000)
    const person = new Person(this, context, await context.newPage(), settings.javaScriptEnabled !== false)
    this.people.push(person)
    return person
  }
}

class Person {
  constructor(it, context, page, scripted) {
    Object.assign(this, { it, context, page, scripted, troubles: [] })
    page.on('pageerror', (error) => this.troubles.push(error.message))
    page.on('console', (said) => {
      // A page of a refused form is one: its status is meant.
      if (said.type() === 'error' && !said.text().startsWith('Failed to load resource')) this.troubles.push(said.text())
    })
  }

  // Another window of the same browser.
  async window() {
    const person = new Person(this.it, this.context, await this.context.newPage(), this.scripted)
    this.it.people.push(person)
    return person
  }

  // Opens an address; one without a host is below UAA's.
  async open(url) {
    await this.page.goto(new URL(url, `${UAA}/`).href)
  }

  // Sees a page with this heading and these texts, and no page may be without what `inspect` asks.
  async sees(heading, ...texts) {
    await this.shows('h1', heading)
    for (const text of texts) await this.shows('main', text)
    assert.deepEqual(this.troubles, [], `at ${this.page.url()}`)
    assert.equal(await this.page.getAttribute('html', 'lang'), this.it.language)
    const name = [heading, ...texts].join(' ')
    if (!this.scripted || this.it.inspected.has(name)) return
    this.it.inspected.add(name)
    await inspect(this.page, `${String(this.it.inspected.size).padStart(2, '0')}-${slug(name)}-${this.it.language}`)
  }

  async shows(selector, text) {
    const all = translated(this.it.language, text)
    // A sentence whose translation is put together from parts is at least in the language's own letters.
    const hasText = all.length ? new RegExp(all.map(escaped).join('|')) : /\p{Script=Hangul}/u
    await this.page.locator(selector, { hasText }).first().waitFor()
  }

  // Types into the field with that label.
  async types(label, text) {
    await this.page.getByLabel(this.named(label)).fill(text)
  }

  // Ticks the box with that label.
  async ticks(label) {
    await this.page.getByLabel(this.named(label)).check()
  }

  // Presses a button, and is on the next page.
  async presses(name, within = 'body') {
    await this.goes(this.page.locator(within).getByRole('button', { name: this.named(name) }).first())
  }

  // Follows a link.
  async follows(name, within = 'body') {
    await this.goes(this.page.locator(within).getByRole('link', { name: this.named(name) }).first())
  }

  async goes(by) {
    await Promise.all([this.page.waitForEvent('domcontentloaded'), by.click()])
  }

  // The text of what is there.
  async reads(selector) {
    return (await this.page.locator(selector).first().innerText()).trim()
  }

  // Signs in, from the page that asks who it is. The story `sign_in` looks at these pages.
  async signsIn(name, password) {
    await this.shows('h1', 'Sign in')
    await this.types('E-mail or user name', name)
    await this.presses('Continue')
    await this.shows('h1', 'Enter your password')
    await this.types('Password', password)
    await this.presses('Sign in')
  }

  // Signs out: the way out is below the name on the page.
  async signsOut(name) {
    await this.page.locator('summary', { hasText: name }).click()
    await this.presses('Sign out')
  }

  // The same from whatever page they are on.
  async signsOutAnywhere() {
    await this.open('logout.do')
    await this.presses('Sign out')
    await this.shows('h1', 'You are signed out')
  }

  // The label in the person's language; a button in a list has what it is for behind a colon.
  named(text) {
    const all = translated(this.it.language, text)
    assert(all.length, `\`${text}\` is put together from parts`)
    return new RegExp(`^\\s*(${all.map(escaped).join('|')})\\s*(: .*)?$`)
  }

  async tellWhereItIs() {
    const seen = await this.page.locator('body').innerText({ timeout: 2_000 }).catch(() => '')
    console.log(`in ${this.it.language}, at ${this.page.url()}:\n${seen}\n`)
    await this.page.screenshot({ path: file('failed'), fullPage: true }).catch(() => {})
  }
}

// Looks at the page as everybody might have it.
async function inspect(page, name) {
  await page.evaluate(axe.source)
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    for (const [device, size] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
      await page.setViewportSize(size)
      const what = `${name}-${colorScheme}-${device}`
      await page.screenshot({ path: file(what), fullPage: true })
      const { findings, sideways } = await page.evaluate(async (tags) => {
        const { violations } = await window.axe.run({ runOnly: tags, resultTypes: ['violations'] })
        const findings = violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.map((n) => n.html + n.failureSummary).join('; ')}`)
        return { findings, sideways: document.documentElement.scrollWidth - window.innerWidth }
      }, TAGS)
      assert.deepEqual(findings, [], what)
      assert(sideways <= 0, `${what} scrolls sideways by ${sideways} px`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

function file(name) {
  const folder = path.join(SCREENSHOTS, STORY)
  fs.mkdirSync(folder, { recursive: true })
  return path.join(folder, `${name}.png`)
}

const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 48).replace(/^-|-$/g, '')
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
