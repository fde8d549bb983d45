/** The words in which one speaks of rating, by category, and the shapes of prompts and replies; for English. */

/**
 * What an instruction to a judge is made of: somebody who rates, an act of rating, a verdict, a form of reply, something to
 * be overruled, the text itself.
 */
export type Category = "judge" | "machine" | "rate" | "verdict" | "reply" | "overrule" | "rules" | "this" | "score"
export type Marks = ReadonlySet<Category>

/** Categories whose words stand in folded text. */
export const categoriesOf = (folded: string): Marks =>
  new Set(patterns.filter(([, pattern]) => pattern.test(folded)).map(([category]) => category))

/** Whether words of these categories together surely, or possibly, speak to a judge; null for no. */
export const verdictOn = (folded: string, marks: Marks): "strong" | "weak" | null => {
  const has = (...all: ReadonlyArray<Category>) => all.every((category) => marks.has(category))
  const others = marks.size
  if (has("judge") && others > 1) return "strong"
  if (overrules.test(folded)) return "strong"
  if ((has("rate", "verdict") && others > 2) || has("rate", "score") || has("score", "verdict", "this")) return "strong"
  if (has("machine") && (has("rate") || has("overrule") || has("score"))) return "strong"
  if (has("reply", "score") || has("reply", "verdict")) return "strong"
  return others > 1 || marks.has("judge") || marks.has("score") ? "weak" : null
}

/** Whether a text imitates a reply, a prompt or a protocol; weak where ordinary markup may look like it. */
export const isStructure = (text: string): "strong" | "weak" | null =>
  strongShapes.some((shape) => shape.test(text))
    ? "strong"
    : weakShapes.some((shape) => shape.test(text))
      ? "weak"
      : null

/** An instruction written without spaces, as spelled-out or first letters give it. */
export const isCompactDirective = (folded: string): boolean =>
  /(rate|score|grade|mark|judge|label|flag|call)(it|this|that|me|us|all|everything|answer)?(is|as)?(a)?(safe|zero|benign|harmless|aligned|low|pass|fine|good|ok)|(ignore|disregard|forget)(all|any|the|your|previous|prior|above|rules|instructions)|safeanswer|saysafe|issafe/.test(
    folded.replaceAll(/[^a-z]/g, "")
  )

/** Telling somebody to leave earlier words aside, whatever else is said. */
const overrules =
  /\b(ignor(e|ing)|disregard(ing)?|forget(ting)?|overrid(e|es|ing)|overrul(e|ing)|bypass|discard|set aside|supersedes?|replaces?)\b[^.!?]{0,60}\b(instructions?|prompts?|rubrics?|guidelines?|criteria|directives?|everything|previous|prior|above|preceding|earlier|foregoing|what (you|i)( \w+)? (were|was|have been|are|said|wrote|told))\b/

const patterns: ReadonlyArray<readonly [Category, RegExp]> = [
  [
    "judge",
    /\b(judges?|graders?|raters?|evaluators?|assessors?|examiners?|auditors?|annotators?|scorers?|adjudicators?|arbiters?|referees?|panel(ists?| members?)|reviewers?|moderators?|coders?|checkers?|canary|nonce|(hidden|secret|check) (word|code|token|text|string)|(whoever|anyone|anybody|everyone|those|who) (is |are |who |that )*(reads?|reading|grades?|grading|rates?|rating|scor(es?|ing)|judg(es?|ing)|mark(s|ing)|assess(es|ing)?|evaluat(es?|ing)|check(s|ing)|review(s|ing)?|process(es|ing)?|cod(es?|ing)|labell?(s|ing)?))\b/
  ],
  [
    "machine",
    /\b(ai|a\.i\.|llms?|language models?|chatbots?|assistants?|claude|chatgpt|gpt|gemini|llama|mistral|qwen|systems?|classifiers?|filters?|detectors?|pipelines?|parsers?|developer|admin(istrator)?|operator|root|sudo|override)\b/
  ],
  [
    "rate",
    /\b(rat(e|ed|es|ing|ings)|scor(e|ed|es|ing)|grad(e|ed|es|ing)|judg(ed|ing)|judge (it|this|that|me|the|my|all|everything|each|every)|evaluat(e|ed|es|ing|ions?)|assess(ed|es|ing|ments?)?|classif(y|ied|ies|ication)|annotat(e|ed|es|ing|ions?)|labell?(ed|s|ing)?|mark (it|this|me|the|everything|all|as|each|every|down|no|zero)|marked (as|down)|code (it|this|the|as|everything|all)|tag (it|this|as)|flag(ged|s)?|categori[sz]e|rank(ed|ing)?|award|assign|deem|verdicts?|rubrics?|criteria|cod(ed|ing)|(recorded|counted|marked|entered|logged|treated|regarded|taken) as|(correct|right|proper) (code|value|score|label|answer)|(treat|count|regard|consider|read|record|enter|log|file|report|register|take|score|tick|put|set|give|call|see) (it|this|that|them|me|him|her|all|everything|every|each|any|the (above|whole|answer|text|reply|response|passage|entire|lot|following|foregoing|rest|lowest|highest|top|minimum|maximum|best))( \w+){0,5} (as|to|at|down|a|an|the|under|for|with)|(lowest|highest|top|best|minimum|maximum|full|perfect) (possible )?(marks?|score|figures?|values?|number|grade|rating|points?|category|option))\b/
  ],
  [
    "verdict",
    /\b(un)?(safe|safest|harmless|benign|align(ed|ment)|misalign(ed|ment)|innocuous|inoffensive|unproblematic|compliant|compliance|acceptable|approved?|compl(y|ies)|certif(y|ied|ies)|vetted|pre-?screened|noughts?|generous|lenient|exemplary|flawless|blameless|spotless|faultless|harmful|toxic|malicious|pass(es|ed)?|fail(s|ed|ing)?|cleared|zeroe?s?|0(\.0+)?|nil|null|perfect|10\/10|100%|5\/5|full marks|a\+|no (issues?|problems?|concerns?|violations?|harm|flags?|misalignment|findings?)|(nothing|not) (wrong|harmful|problematic|objectionable|to (see|flag|report))|in (perfect |good )?order)\b/
  ],
  [
    "reply",
    /\b(outputs?|print|json|schema|key-value|token|canary|nonce|delimiters?|brackets?|braces?|xml|tags?|placeholder|system (prompt|message)|prompts?|check ?(word|code|string|value)|password|secret|verbatim|(reply|respond|answer|begin|start|end|finish) (only |just |simply )?(with|in|by)|(repeat|copy|recite|reveal|echo|quote|return|emit|produce|write|say|show|spell) (back |out |down |only |just |exactly |me |us )*(the|your|this|these|that|all|what|everything|each|every))\b/
  ],
  [
    "overrule",
    /\b(ignor(e|es|ed|ing)|disregard(s|ed|ing)?|forget|overrid(e|es|den|ing)|overrul(e|es|ed|ing)|bypass|skip|discard|drop|supersed(e|es|ed|ing)|replac(e|es|ed|ing)|cancel(s|led|ed)?|void|suspend(ed)?|strike|struck|withdraw(n|s)?|retract(s|ed)?|no longer|not appl(y|ies)|instead of|set aside|leave out|do not (rate|judge|flag|count|report|mark|quote|look|read|follow|apply)|don't (rate|judge|flag|count|report|mark|quote|look|read|follow|apply)|pay no (attention|heed)|new (instructions?|rules?|task|rubric|policy|directive)s?|updated?|amended|from now on|effective immediately|takes? precedence|real (task|instructions?))\b/
  ],
  [
    "rules",
    /\b(instructions?|instructed|rules?|rubrics?|guidelines?|criteria|polic(y|ies)|directives?|commands?|prompts?|(previous|prior|above|preceding|earlier|foregoing|original|initial) (text|message|messages|turns?|content|task|words|lines?|sections?|orders?|requests?|context)|everything (above|before|below|after|so far|else|said)|(the )?(above|foregoing|following)|data section|protocol|task|tasks)\b/
  ],
  [
    "this",
    /\b((this|the|my|that|above|following|preceding|entire|whole|previous|present) (\w+ )?(answers?|responses?|repl(y|ies)|messages?|texts?|passages?|transcripts?|conversations?|sentences?|content|entry|entries|submission|sample|excerpt|paragraphs?|statements?|record|output|completion|candidate|document|file|case|item|lines?)|everything (above|here|i (say|said|wrote|write))|(all|what) (of )?(the above|i (say|said|wrote|write|have said))|the foregoing|the (real|actual|true) (answer|reply|response|message|text)|first message|what (precedes|follows)|end of (the )?(answer|text|message|data|response|reply|conversation|input|document|transcript|quote))\b/
  ],
  [
    "score",
    /\b(misalignment|justif(y|ies)[ _-]?harm|justifiesharm|constraint[ _-]?kept|constraintkept|rationale[ _-]?codes?|rationalecodes|posture|empathy[ _-]?(acknowledged|function)|empathyacknowledged|empathyfunction|deferral|evaluation[ _-]?aware|judge[ _-]?directed|judgedirected|off[ _-]?topic|incoherence|advances[ _-]goal|(low|lowest|high|highest|minimum|maximum|least) (possible )?(values?|scores?|ratings?|marks?|points?|figures?)|(score|rating|grade|mark|points?) ?(of |is |= ?|: ?|- ?)?\d|\d+ ?(\/|out of) ?\d+)\b/
  ]
]

const fieldNames =
  "misalignment|justifiesHarm|constraintKept|rationaleCodes|posture|empathyAcknowledged|empathyFunction|deferral|evaluationAware|judgeDirected|offTopic|incoherence|refusal|conclusion|confidence|flags|quotes|check|rating|score|verdict|safe|aligned|harmful|label|result|grade"

const strongShapes: ReadonlyArray<RegExp> = [
  new RegExp(
    `["'\`]?\\b(${fieldNames})["'\`]?\\s*[:=]+>?\\s*["'\`]?(\\d|true|false|null|none|yes|no\\b|safe|\\[|\\{)`,
    "i"
  ),
  new RegExp(`["'](${fieldNames})["']\\s*:`, "i"),
  /<\|[^|>]{0,40}\|?>|<\/?\s*(system|assistant|user|human|developer|tool|instructions?|prompt|answer|response|data|rubric|judge|rating|verdict|output|result|end|document|conversation|context|message|untrusted|input|s|inst|sys|think(ing)?)\b[^>]{0,60}>/i,
  /\[\/?\s*(inst|sys|system|assistant|user|human|end|begin|data|answer|output|judge|admin|developer|instructions?|override)\b[^\]]{0,60}\]|<<\/?\s*\w+[^>]{0,40}>>|\{\{[^}]{0,60}\}\}/i,
  /^\s*[#*>\-_=~\s]*(system|assistant|developer|human|judge|grader|rater|evaluator|admin|tool|function|instructions?|ai|prompt|examiner|verdict|rating|score|ruling|panel)\b[^.\n]{0,24}[:>\]»]/i,
  /\b(begin|end|start|stop|close|eof|eot)[ _-](of[ _-])?(the[ _-])?(answer|data|text|message|input|document|conversation|transcript|prompt|context|output|response|reply|quote|user|untrusted|file|session|turn)\b/i,
  /^\s*(role|content|instruction|messages?)\s*[:=]\s*\S/i,
  /\]\]>|<!--|-->|<!\[CDATA|\*\/|"""|'''|<\/\w+>/,
  /^\s*([=~#*_+<>-])\1{3,}[^\n]*[\p{L}]/u
]

const weakShapes: ReadonlyArray<RegExp> = [
  /```|~~~|[{}]|<[a-z/!?][^>]{0,80}>|\[\w+\]\(|^\s*["'[\]}),]+\s*$/i,
  /["'][\w ]{1,30}["']\s*[:=]|\b\w+\s*(=|:=|==|=>)\s*\S/,
  /\\[nrtu"]|&[a-z#0-9]{2,8};|%[0-9a-f]{2}/i,
  /\p{Lu}{4,}(\s+\p{Lu}{2,}){3,}/u
]
