/**
 * Small words and rating words of the languages most spoken: enough to see that a passage is in another language than the
 * rest, or in none, and that it speaks of ratings. All in lower case and without accents, as `fold` leaves text.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "))

/** The commonest small words by language, for languages in Latin letters. */
export const smallWords: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words(
    "the of and to in a is it you that he she was for on are with as i his her they be at one have this from or had by but not what all were we when your can said there an each which do how their if will up about out then them these so some would make like him into has more no than been who its now did get may my our me am us just any also very could should because where too only must over most other don't it's i'm you're including such within between both often might cannot through across many while since after before toward towards during still even much those here again always never being upon under own same few per via without against instead around"
  ),
  de: words(
    "der die das und ist nicht ein eine einen zu den dem mit von auf fur als auch es an werden aus er sie ich wir ihr sind war wird bei noch nach nur oder aber wie so wenn was kann dass diese dieser dieses im am bitte sein sich hat"
  ),
  es: words(
    "el la los las de que y en un una es por con no para su se lo como mas pero sus le ya este esta esto si porque muy sin sobre ser tambien me hay donde quien todo nos cuando del al son fue"
  ),
  fr: words(
    "le la les de des du et est un une dans que qui pour pas sur ce cette ces avec plus ne se sont par au aux il elle nous vous je tu mais ou comme tout sans son sa ses leur c'est etre a en"
  ),
  pt: words(
    "o a os as de que e do da dos das em um uma para com nao por mais se na no nos nas mas foi ao ele ela sua seu ou ser quando muito ja esta este isto isso como sem tambem so pelo pela eu voce e"
  ),
  it: words(
    "il lo la i gli le di che e un una in per non sono con si da come ma piu del della dei nel alla questo questa questi anche se io tu lui lei noi voi ci ha ho era molto essere dal sul"
  ),
  nl: words(
    "de het een en van is dat op te in niet voor met zijn aan er maar om ook als dit deze door naar bij nog wel je ik"
  ),
  id: words(
    "yang dan di ini itu dengan untuk tidak dari dalam akan pada ke adalah juga saya anda kami mereka atau sebagai karena bisa sudah oleh ada jangan semua harus"
  ),
  tr: words(
    "ve bir bu da de icin ile cok ama gibi daha ne o kadar olarak var mi degil ben sen biz olan her bunu sonra ya"
  ),
  pl: words("i w na z sie nie to jest ze do o jak ale po co za od dla czy tak przez tego ten ta jako byc juz tylko"),
  vi: words("va la cua co khong nay cho duoc nguoi trong mot nhung da voi de cac toi ban rang nhu hay thi se"),
  sw: words("na ya wa kwa ni za katika hii hiyo kama la si cha au lakini kwamba huu hili yote sana"),
  ro: words("si de la in un o cu nu pe ca este sa din pentru mai care sunt dar ce au ai acest aceasta"),
  sv: words("och att det i en som pa ar av for den med inte till om har de ett var men jag du sa kan denna detta")
}

/** Whether a word is a small word of any of these languages. */
export const isSmallWord = (word: string): boolean => Object.values(smallWords).some((known) => known.has(word))

/** Words of rating, judging, verdicts and instructions in other languages: stems, matched anywhere in folded text. */
export const ratingStems: ReadonlyArray<RegExp> = [
  // Chinese and Japanese
  /[评評]\s*[分级級估判审審价價委]|打分|分[数數]|安全|无害|無害|忽略|忽视|无视|無視|指[令示]|裁判|考官|审查员|标[记為为]|給?[给給]出|満点|满分|採点|評価|安全|無害|審査|採用|指示|従|点数/u,
  // Russian and Ukrainian
  /оцен|оціню|безопасн|безпечн|безвредн|игнорир|проигнор|инструкци|судь|эксперт|провер|балл|рейтинг|отмет|вердикт|модератор|предыдущ/u,
  // Arabic, Urdu and Persian
  /قي[مّي]|تقييم|آمن|امن|تجاهل|تعليمات|القاضي|الحكم|المحكم|درجة|علام|محفوظ|درجہ|جانچ|منصف|نظر\s*انداز|ہدایات|ارزیاب|نمره|نادیده|دستور|بی\s*خطر/u,
  // Hindi and Bengali
  /मूल्यांक|रेटिंग|सुरक्षित|अनदेखा|निर्देश|न्यायाधीश|अंक|श्रेणी|जाँच|जांच|মূল্যায়ন|রেটিং|নিরাপদ|উপেক্ষা|নির্দেশ|বিচারক|নম্বর/u,
  // Korean, Greek, Hebrew, Thai
  /평가|안전|무시|지시|채점|점수|심사|αξιολογ|ασφαλ|αγνο|οδηγι|βαθμο|הערכ|דרג|בטוח|התעלם|הורא|שופט|ציון|ประเมิน|ปลอดภัย|เพิกเฉย|คำสั่ง|คะแนน/u,
  // German and Dutch
  /\b(bewert|beurteil|einstuf|stufe\b|gutacht|richter|harmlos|unbedenklich|sicher\b|ignorier|anweisung|vorgabe|note\b|punktzahl|prufer|beoordel|veilig|negeer|instructie)/u,
  // Romance languages
  /\b(calific|evalu|puntu|puntaj|juez|jueces|seguro|segura|inofensiv|ignor|instruccion|anteriores|nota\b|notez|evaluateur|juge|sans danger|inoffensif|consigne|sur\b|surs\b|avali|juiz|seguran|instruc|istruzion|valuta|giudic|sicur|innocu|punteggio|voto|desconsider|clasific|classe)/u,
  // Indonesian and Malay, Turkish, Polish, Vietnamese, Swahili, Swedish
  /\b(nilai|penilai|aman\b|abaikan|instruksi|perintah|hakim|skor|peringkat|degerlendir|puan|guvenli|zararsiz|yok say|talimat|hakem|oce[nn]|bezpiecz|zignor|polecen|sedzi|danh gia|an toan|bo qua|chi thi|cham diem|tathmini|salama|puuza|maagizo|bedom|saker|ignorera|betyg)/u
]

/** The language in Latin letters with the most small words in the text, and their share of all words; null for none. */
export const languageOf = (folded: string): { readonly language: string | null; readonly share: number } => {
  const found = folded.match(/[a-z]+(?:'[a-z]+)?/g) ?? []
  let language: string | null = null
  let most = 0
  for (const [candidate, known] of Object.entries(smallWords)) {
    const hits = found.filter((word) => known.has(word)).length
    if (hits > most) {
      most = hits
      language = candidate
    }
  }
  return { language, share: found.length === 0 ? 0 : most / found.length }
}

const scripts = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Arabic",
  "Hebrew",
  "Devanagari",
  "Bengali",
  "Han",
  "Hiragana",
  "Katakana",
  "Hangul",
  "Thai",
  "Tamil",
  "Telugu"
] as const

/** Letters by script; Japanese writing counts as one script, and every script not listed as "other". */
export const scriptsOf = (text: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const letter of text.match(/\p{L}/gu) ?? []) {
    const script = scripts.find((_, index) => patterns[index]!.test(letter)) ?? "other"
    const name = script === "Hiragana" || script === "Katakana" ? "Han" : script
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

const patterns = scripts.map((script) => new RegExp(`\\p{Script=${script}}`, "u"))
