/**
 * Mistakes to plant in the reductions: what the random judging must find, but for what is harmless. `from` stands exactly once in its file.
 */

export interface Plant {
  /** The condition that the mistake takes away. */
  readonly without: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** Whether no verdict changes without the condition, as DESIGN.md of the engine argues: it must never be found. */
  readonly isHarmless: boolean
}

const into =
  (file: string) =>
  (without: string, from: string, to: string, isHarmless = false): Plant => ({
    without,
    file: `src/checker/${file}.ts`,
    from,
    to,
    isHarmless
  })

const alike = into('engine/alike-messages')
const dead = into('engine/dead-messages')
const passes = into('passes')
const explore = into('explore')
const covering = into('engine/covering')
const silent = into('engine/silent-steps')
const steps = into('engine/local-steps')
const settle = into('engine/settle')
const scout = into('engine/scout')
const idle = into('idle-partitions')
const exchange = into('engine/exchange')
const symmetry = into('engine/symmetry')
const looks = into('engine/looks')

const exactPlants: ReadonlyArray<Plant> = [
  alike('1: the slot after', 'const key = after * wide + said[id]!', 'const key = said[id]!'),
  alike('1: what is said', 'const key = after * wide + said[id]!', 'const key = after * wide'),
  alike('1: replies, applied entries, snapshots', 'canonical([others, judged])', 'canonical([judged])'),
  alike('1: where messages stand among replies', "? ['message']", '? []'),
  alike('1: what is sent', '...sent.map((send) => sends[send])', ''),
  alike(
    '1: to whom it is sent',
    '`${receiver}.${all[receiver]!.everywhere[letter]}`',
    '`${all[receiver]!.everywhere[letter]}`'
  ),
  alike(
    '1: messages sent, told apart by their receivers',
    '`${receiver}.${all[receiver]!.everywhere[letter]}`',
    '`${receiver}`'
  ),
  alike(
    '1: messages sent, told apart in all slots of their receivers',
    'if (isReached[component] === 1) return',
    'if (component > 0) return'
  ),
  alike('1: messages sent that no tables know', '`only ${id}`', "'unknown'", true),
  alike(
    '1: until nothing splits',
    'for (let isRefined = true; isRefined;) {',
    'for (let isRefined = true; isRefined; isRefined = false) {'
  ),
  alike(
    '1: what refuses is like nothing else',
    'if (after < 0) return wide - 1 - letter',
    'if (after < 0) return wide - 1'
  ),
  alike(
    '2: step properties',
    'const judged = this.#judged(slot, letter, [reaction, ...cuts.map((cut) => cut())])',
    'const judged: ReadonlyArray<unknown> | null = []'
  ),
  alike('2: step properties where a crash cuts', '[reaction, ...cuts.map((cut) => cut())]', '[reaction]'),
  alike('2: rules', "fired.has(rule) ? '' : rule", "''"),
  alike(
    '3: later slots',
    'for (const letter of this.#alive[next]!) partition.split(letter, classes[next]![letter]!)\n      }\n      classes',
    '}\n      classes'
  ),
  alike(
    '3: slots of one component',
    'for (const slot of members) {\n        partition.begin()',
    'for (const slot of members.slice(0, 1)) {\n        partition.begin()'
  ),
  alike(
    '3: crashes and restarts that lead on',
    'this.#next = (slot) => dead.next(node, slot)',
    'this.#next = (slot) => dead.next(node, slot).filter((to) => slots.at(to).up === slots.at(slot).up)'
  ),
  alike('4: one sender under cuts', 'hasCuts ? senders[letter]! + 1 : 0', 'hasCuts ? 0 : 0'),
  alike('the tables know when they are out of date', 'if (stands !== letter) this.hasMerged = true', ''),
  explore('a pass that merged and met something new ends', 'if (said.some((one) => one.hasMerged)) mostStates = 0', ''),
  explore('a pass that met something new is not the last', 'isFinal = false\n', '\n'),
  passes(
    'nothing is dropped where the network is read',
    'if (!(error instanceof ReadsNetwork)) throw error\n    return passesWith(null, null, null, null)',
    'throw error'
  ),
  passes('rules of earlier passes', 'last.fired.forEach((rule) => fired.add(rule))', ''),
  dead('letters that only later slots react to', 'const joined = row[w]! | bits[w]!', 'const joined = row[w]!'),
  dead(
    'crashes in the middle of a step',
    'const unknown = [reaction.after, ...cuts.map((cut) => cut().after)]',
    'const unknown = [reaction.after]'
  ),
  dead(
    'crashes',
    'const unknown = this.#kinds.map((forGood) => crashed(this.#valid, this.#alphabet.node, local, forGood))',
    'const unknown: Local[] = []'
  ),
  dead('effects without a change', 'if (reaction.effects.length === 0 && ', 'if ('),
  dead('slots met since', 'if (slot >= 0) edge.known.add(slot)', ''),
  dead(
    'what no table knows is kept',
    'if (slot >= this.#slots || letter >= this.#stimuli) return true',
    'if (slot >= this.#slots || letter >= this.#stimuli) return false'
  ),
  passes('no scout where time is told', 'alike !== null && model.timing === undefined &&', 'alike !== null &&'),
  passes('alike messages on one network only', "mayDrop && valid.model.network.kind === 'asynchronous'", 'mayDrop'),
  passes(
    'no bound on the depth where a delivery uses the message up',
    "model.network.kind === 'asynchronous' || model.bounds?.depth === undefined",
    'model.network.kind.length > 0'
  )
]

/** What the judging of idle partitions must find. */
const idlePlants: ReadonlyArray<Plant> = [
  idle('no assumption about time', 'model.timing === undefined &&', ''),
  idle('partitions that stay', '(heal || model.mayStop === true)', 'true'),
  idle('moves that partitions take', '2 * partitions', '0 * partitions'),
  idle('partitions at the end of a trace', ']).flat()', ']).flat().slice(9)'),
  explore('a deadlock waits for its level', 'level >= stuck.level + spending', 'level >= 0'),
  explore('a bound on the depth may hide a deadlock', 'level + spending < depthBound', 'level < depthBound')
]

const weakPlants: ReadonlyArray<Plant> = [
  // what is seen
  steps(
    'what is sent and replied',
    "const effects = outcome.effects.filter(({ type }) => type === 'send' || type === 'reply')",
    'const effects: unknown[] = []'
  ),
  steps(
    'step properties',
    'const judged = [outcome, ...cuts].map(violated)',
    'const judged: ReadonlyArray<ReadonlyArray<string>> = []'
  ),
  steps(
    'step properties where a crash cuts',
    'const judged = [outcome, ...cuts].map(violated)',
    'const judged = [outcome].map(violated)'
  ),
  steps(
    'what leads out of what is known',
    'act?.after === -1 && row.delete(stimulus)',
    'act?.after === -2 && row.delete(stimulus)'
  ),
  silent(
    'looks, of a silent step',
    'if (seen !== 0 || after < 0 || this.#looks[after] !== this.#looks[slot]) return false',
    'if (seen !== 0 || after < 0) return false'
  ),
  silent('requests are seen', "return this.#alphabet.stimuli.at(stimulus).type !== 'request'", 'return true'),
  silent('the bound', 'if (this.#looks[slot]! < 0) return []', ''),
  silent(
    'rounds are no end',
    'if (!this.#mayStop && (this.#isKept || !isLetter) && this.#leadsTo(act.after, slot)) return []',
    ''
  ),
  silent(
    'rounds of timeouts are no end',
    '(this.#isKept || !isLetter) && this.#leadsTo',
    'this.#isKept && this.#leadsTo'
  ),
  silent('no letters under cuts', '...(this.#hasCuts ? [] : this.#letters)', '...this.#letters'),
  silent('the game', 'areGood[index] === true && silent', 'silent'),
  silent(
    'the tables know when they are out of date',
    'return this.#version !== this.#classes.version || this.#nodes.some((node) => node.isOutOfDate)',
    'return false'
  ),
  silent('the tables know what was read', 'return this.#version !== this.#classes.version || ', 'return '),
  silent('the tables know what was met', ' || this.#nodes.some((node) => node.isOutOfDate)', ''),
  silent('all ends', 'this.#mayStop = valid.model.mayStop === true', 'this.#mayStop = true'),
  passes('loss and duplication', 'budget.lose + budget.duplicate === 0', 'budget.lose + budget.duplicate < 9'),
  passes('assumptions about time', 'model.timing === undefined &&\n', ''),
  passes('depth', 'model.bounds?.depth === undefined &&\n', ''),
  settle(
    'an end of rounds where they began',
    'const here = `${at} ${rest.join()}`',
    'const here = `${at} ${rest.join()} ${Math.min(passed.size, 3)}`'
  ),
  // the game
  covering(
    'looks, of a position',
    '|| this.#of.looks[left] !== this.#of.looks[right]) return isLost',
    ') return isLost'
  ),
  covering(
    'what is not known is lost',
    'if (left < 0 || right < 0 || ',
    'if (left < 0 || right < 0) return isAnswered\n    if ('
  ),
  covering(
    'equal slots with other letters',
    "if (this.#of.kind === 'asynchronous' || ahead.join() === pending.join()) return isAnswered",
    'return isAnswered'
  ),
  covering(
    'one letter more is no end',
    "if (this.#of.mayStop && this.#of.kind === 'unordered'",
    "if (this.#of.kind === 'unordered'"
  ),
  covering('one letter more, on fifo', "if (this.#of.mayStop && this.#of.kind === 'unordered'", 'if (this.#of.mayStop'),
  covering(
    'ends',
    'const endsAlike = this.#of.mayStop || this.#endsAlike(pair)',
    'const endsAlike = this.#of.mayStop || true'
  ),
  covering(
    'ends: letters in flight',
    "if (letters.length > 0 && this.#of.kind !== 'asynchronous' && this.#of.alphabet.slots.at(slot).up) return false",
    ''
  ),
  covering(
    'ends: what the node does on its own',
    '.every((stimulus) => this.#isRequest(stimulus) || this.#of.steps.act(slot, stimulus)!.after === slot)',
    '.every(() => true)',
    true
  ),
  covering('ends: letters that may come', "...(this.#of.kind === 'asynchronous' ? this.#of.letters : [])", ''),
  covering(
    'ends: what may have been sent before',
    'return act.after === right && (act.seen === 0 || act.seen === before?.seen)',
    'return act.after === right'
  ),
  covering(
    'ends: what stays',
    'return act.after === right && (act.seen === 0 || act.seen === before?.seen)',
    'return true'
  ),
  covering('crashes', 'return [...crashes, ...first, ...own, ...common]', 'return [...first, ...own, ...common]'),
  covering(
    'letters ahead',
    'return [...crashes, ...first, ...own, ...common]',
    'return [...crashes, ...own, ...common]'
  ),
  covering(
    "the node's own steps",
    'return [...crashes, ...first, ...own, ...common]',
    'return [...crashes, ...first, ...common]'
  ),
  covering(
    'letters to come',
    'return [...crashes, ...first, ...own, ...common]',
    'return [...crashes, ...first, ...own]'
  ),
  covering('what is seen of an answer', 'answer !== null && answer.seen === act.seen', 'answer !== null'),
  covering('what is seen of a crash', 'return answer === null || answer.seen !== act.seen', 'return answer === null'),
  covering(
    'what an answer stays for is not seen',
    'const stays = !this.#of.isSilent(pair.left, stimulus, act)',
    'const stays = act.seen !== 0'
  ),
  covering(
    'silence before an answer',
    'if (act === null || !this.#of.isSilent(right, letter, act)) return []',
    'if (act === null) return []'
  ),
  covering(
    'the order of fifo: which letters go first',
    "this.#of.kind === 'fifo'\n        ? !letters",
    "this.#of.kind === 'asynchronous'\n        ? !letters",
    true
  ),
  covering(
    'the order of fifo: what is free',
    "return this.#of.kind !== 'fifo' || !letters.some",
    'return true || !letters.some'
  ),
  covering(
    'cuts: another sender',
    'if (this.#of.hasCuts && this.#of.alphabet.senders[other] !== this.#of.alphabet.senders[stimulus]) continue',
    '',
    true
  ),
  covering(
    'cuts: silence of another link',
    "this.#of.hasCuts || this.#of.kind === 'asynchronous' ? []",
    "this.#of.kind === 'asynchronous' ? []",
    true
  ),
  covering(
    'letters that stay do not make silence',
    "this.#of.hasCuts || this.#of.kind === 'asynchronous' ? []",
    'this.#of.hasCuts ? []'
  ),
  covering(
    'one letter more does no harm',
    'const left: Answer = [position, { left: right, ahead: pending, right, pending: more }]',
    'const left: Answer = [position]'
  ),
  covering('a letter used up', 'const rest = this.#without(pending, other)', 'const rest = pending'),
  covering('a letter used up on the left', 'this.#without(ahead, letter), false', 'ahead, false'),
  covering(
    'lost answers are lost to those who rest on them',
    'if (!this.#rests(relying, duty)) lost.push(relying)',
    ''
  ),
  covering(
    'letters that matter',
    'letters.filter((letter) => keeps(this.#of.alphabet.node, slot, letter))',
    'letters.filter((letter) => false && keeps(this.#of.alphabet.node, slot, letter))'
  )
]

/** What the judging of symmetry must find. */
const symmetryPlants: ReadonlyArray<Plant> = [
  exchange(
    'the counts of requests',
    '(exchanged[this.swap.requests[request]!] = times)',
    '(exchanged[request] = times)'
  ),
  exchange('cuts', '{ cut: this.cut(cut), left', '{ cut, left'),
  exchange('contents', 'contents: this.contents(contents) }', 'contents }'),
  exchange('letters of a frame', '.map((letter) => this.stimulus(node, letter))', ''),
  exchange('contents in their order', 'arranged(this.#valid, index, this.data(content))', 'this.data(content)'),
  symmetry(
    'ties',
    'if (colours[member] === colours[member - 1] && !this.#exchange(member - 1, member).fixes(vector)) {',
    'if (colours[member] === colours[member - 1] && member < 0) {'
  ),
  symmetry('each of those that are equal is tried', 'if (tried.length > 1) {', 'if (tried.length > 9) {'),
  symmetry(
    'the least of all that are tried',
    'vector[differs]! < best[differs]!) ? vector',
    'vector[differs]! !== best[differs]!) ? vector'
  ),
  symmetry('colours by colours', 'this.#refine(vector, colours)\n', '\n', true),
  symmetry('vectors lately put in order are forgotten', 'this.#recent.fill(-1)', ''),
  looks('who is at home', 'const own = member === this.#own[node] ? 1 : 0', 'const own = 0', true),
  looks('me', "member === own ? ' me' : ", '', true),
  looks(
    'lists of the ledger in whatever order',
    'return isLoose || isOfNames ? inOrder(list) : list',
    'return isOfNames ? inOrder(list) : list'
  ),
  looks('names of requests', 'ids.forEach((id, making) => blur.set(id, ` ${making} ${text}`))', ''),
  looks('kinds of nodes', '^ this.#kinds[node]!', '', true)
]

/** What the judging of scouts must find: what cannot happen, taken for what can. */
const scoutPlants: ReadonlyArray<Plant> = [
  scout('the bound on the depth', 'if (depth >= (this.#valid.model.bounds?.depth ?? Infinity)) return', ''),
  scout('steps are counted', 'depth: depth + 1', 'depth'),
  scout('the bound on nodes', 'if (!slots.every((slot, node) => this.#isInside(node, slot))) return', ''),
  scout(
    'the bound on all nodes',
    'if (!slots.every((slot, node) => this.#isInside(node, slot))) return',
    'if (!slots.some((slot, node) => this.#isInside(node, slot))) return'
  ),
  scout('what may be spent', 'if (after < 0) return', ''),
  scout(
    'what is spent',
    'this.#following(moment, node, outcome, after)',
    'this.#following(moment, node, outcome, page)'
  ),
  scout('the node that acts', 'slots: slots.with(node, outcome.slot)', 'slots: slots.with(0, outcome.slot)'),
  scout(
    'to whom is sent',
    'post(to, this.#packets[to]!.packets.at(outcome.packets[at + 1]!))',
    'post(node, this.#packets[to]!.packets.at(outcome.packets[at + 1]!))'
  ),
  scout('to whom is sent at the beginning', 'sends.filter(({ to }) => to === node).map', 'sends.map'),
  scout("each letter is its own node's", 'for (const letter of inboxes[node]!)', 'for (const letter of inboxes[0]!)'),
  scout(
    'more letters in the place of fewer',
    'if (count <= (this.#most.get(key) ?? -1)) return',
    'if (this.#most.has(key)) return',
    true
  )
]

/** By the name of what is judged. */
export const plants: Readonly<Record<string, ReadonlyArray<Plant>>> = {
  exact: exactPlants,
  idle: idlePlants,
  scout: scoutPlants,
  symmetry: symmetryPlants,
  weak: weakPlants
}
