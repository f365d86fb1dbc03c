// What the page says, in French. The objects are written as JSON: tests/service/web/test_page.py reads them and compares their keys
// with the codes in the program. {names} are filled in by `fill`.

export const STEPS = {
  "loading": "Chargement du modèle",
  "waiting": "File d’attente",
  "read": "Lecture de l’article",
  "generate": "Rédaction",
  "choose": "Vérification et choix des phrases",
  "headline": "Titre",
  "translate": "Traduction en anglais"
};

export const STATES = {
  "ready": "Prêt",
  "loading": "Le modèle se charge…",
  "failed": "Modèle non chargé",
  "dead": "En panne",
  "stuck": "Bloqué",
  "stopped": "À l’arrêt",
  "locked": "Clé d’accès demandée",
  "unreachable": "Injoignable"
};

export const WARNINGS = {
  "consent": "La plus grande partie du texte est une demande d’accord pour les cookies, qui a été écartée.",
  "extracted": "Ce résumé reprend des phrases de l’article telles quelles.",
  "headline": "L’article n’a pas de titre utilisable, et aucun n’a pu être écrit.",
  "language": "L’article n’est peut-être pas en français (langue reconnue\u00a0: {language}).",
  "link_list": "Ce texte est une liste de liens ou de titres, non un article.",
  "live_ticker": "Ce texte est un direct\u00a0: son résumé n’en dit qu’une partie.",
  "long_sentences": "Des phrases de plus de 2\u00a0000 caractères, qui ne sont pas de la prose, ont été écartées.",
  "max_words": "Aucune phrase de l’article ne tient dans le nombre de mots demandé\u00a0: la première a été coupée.",
  "paywall": "La page porte une mention d’abonnement\u00a0: l’article est peut-être incomplet.",
  "repaired": "Des phrases rédigées que l’article n’appuie pas ont été écartées.",
  "round_up": "Ce texte réunit plusieurs sujets\u00a0: donnez-les plutôt un par un.",
  "translation": "{place}\u00a0: à comparer avec le français, dont la traduction s’écarte{facts}.",
  "translation_language": "{place}\u00a0: la traduction est peut-être incomplète ou n’est pas en anglais.",
  "translation_repaired": "{place}\u00a0: des nombres, unités, jours ou termes de la traduction ont été corrigés d’après le français.",
  "truncated": "Une phrase du début est trop longue pour le modèle\u00a0: la fin n’en a pas été lue.",
  "unchanged": "L’article n’a qu’une ou deux phrases\u00a0: il est rendu tel quel."
};

export const FACTS = {
  "number": "nombre",
  "name": "nom",
  "day": "date",
  "quote": "citation",
  "unit": "unité",
  "negation": "négation",
  "speaker": "auteur d’un propos",
  "relation": "rapprochement",
  "term": "terme"
};

export const PROBLEMS = {
  "article": "Ce texte ne contient pas d’article à résumer.",
  "batch_too_long": "Trop d’articles en une fois.",
  "consent_only": "Il n’y a ici qu’une demande d’accord pour les cookies\u00a0: collez l’article lui-même.",
  "dead": "Le service est en panne\u00a0: prévenez la personne qui s’en occupe.",
  "deadline": "Le résumé n’a pas été terminé à temps. Réessayez, ou donnez un article plus court.",
  "empty_article": "Une fois ôtés liens, signatures et mentions, il ne reste pas de texte à résumer.",
  "failed": "Le modèle n’a pas pu être chargé\u00a0: prévenez la personne qui s’occupe du service.",
  "fetch_failed": "La page n’a pas pu être obtenue à cette adresse. Collez plutôt son texte.",
  "fetch_timeout": "La page n’est pas venue à temps. Réessayez, ou collez son texte.",
  "forbidden_url": "Cette adresse n’est pas celle d’une page publique du Web.",
  "internal": "Le service a rencontré une erreur. Réessayez\u00a0; si elle revient, signalez la référence ci-dessous.",
  "invalid_body": "La demande n’est pas valable\u00a0: {errors}.",
  "loading": "Le modèle se charge encore. Réessayez dans quelques secondes.",
  "malformed_json": "La demande est arrivée abîmée au service. Rechargez la page.",
  "method_not_allowed": "La page et le service ne s’accordent pas. Rechargez la page.",
  "no_article": "Il n’y a ici qu’une consigne\u00a0: ajoutez l’article à résumer.",
  "not_acceptable": "La page et le service ne s’accordent pas. Rechargez la page.",
  "not_found": "Le service n’est pas à cette adresse. Rechargez la page.",
  "not_french": "L’article devrait être en français, mais il semble être dans une autre langue ({language}).",
  "not_supported": "Ce modèle ne sait pas écrire dans la langue demandée. Choisissez le français.",
  "paywall_only": "Il n’y a ici qu’une mention d’abonnement\u00a0: l’article lui-même manque. Collez-le en entier.",
  "queue_full": "Le service est très demandé en ce moment.",
  "rate_limited": "Vous avez atteint le nombre d’articles permis pour l’instant.",
  "stopped": "Le service s’arrête. Réessayez dans un instant.",
  "stuck": "Le service est bloqué\u00a0: prévenez la personne qui s’en occupe.",
  "text_too_long": "Le texte est trop long\u00a0: {max_characters} caractères au plus.",
  "slow_body": "L’article n’est pas arrivé à temps : la connexion est trop lente. Réessayez.",
  "small_pieces": "L’article est arrivé en morceaux trop petits. Rechargez la page, puis recommencez.",
  "too_many_tags": "La page contient trop de balises HTML pour être lue. Collez le texte de l’article plutôt que la page.",
  "too_many_values": "La demande n’est pas celle d’un article. Rechargez la page.",
  "too_large": "Le texte est trop volumineux pour ce service ({max_body_bytes} octets au plus).",
  "too_short": "Le texte est trop court pour être résumé\u00a0: il faut au moins une phrase entière.",
  "unauthorized": "Il faut une clé d’accès valable. Entrez-la dans le champ «\u00a0Clé d’accès\u00a0», puis recommencez.",
  "unknown_model": "Ce service n’a pas le modèle demandé.",
  "unsupported_media_type": "La page et le service ne s’accordent pas. Rechargez la page.",
  "urls_disabled": "Ce service ne va pas chercher de pages. Collez le texte de l’article.",
  "wrong_host": "Le service ne répond pas sous ce nom\u00a0: ouvrez-le sous localhost ou par son adresse IP."
};

// What only the page itself can notice.
export const PAGE_PROBLEMS = {
  "aborted": "Interrompu. Votre texte est toujours là.",
  "bad_address": "Une adresse commence par http:// ou https://, mais pas celle-ci\u00a0: {address}.",
  "bad_key": "La clé contient ce qui ne peut pas être envoyé\u00a0: {characters}. Copiez-la de nouveau, sans guillemets ni mise en forme.",
  "cut": "La connexion s’est coupée avant la fin. Votre texte est toujours là\u00a0: recommencez.",
  "empty": "Collez d’abord un article.",
  "empty_url": "Entrez d’abord une adresse qui commence par http:// ou https://.",
  "many_addresses": "Donnez {most} adresses au plus\u00a0: retirez-en quelques-unes.",
  "max_words": "Le nombre de mots doit être un entier de {min_max_words} à {max_max_words}, ou rester vide.",
  "no_addresses": "Écrivez d’abord l’adresse d’un flux ou d’une page.",
  "no_opml": "Ce fichier ne nomme aucun flux. Ouvrez une liste OPML, que votre lecteur de flux peut exporter.",
  "not_text": "Ce fichier n’est pas du texte. Enregistrez l’article en texte ou en HTML, ou collez-le.",
  "one_file": "Donnez un seul fichier à la fois.",
  "too_large_for_proxy": "Le texte est trop volumineux pour un serveur situé entre cette page et le service. Collez le texte de l’article plutôt que son HTML.",
  "unreadable_file": "Ce fichier n’a pas pu être lu.",
  "unreachable": "Le service ne répond pas. Vérifiez la connexion, puis recommencez\u00a0: votre texte est toujours là.",
  "unknown": "Le service a répondu par une erreur ({status})."
};

// The words of a digest, in its language: those of service/feeds/writing/words.toml.
export const DIGEST = {
  "fr": {
    "title": "Le point sur l’actualité tech, {date}",
    "unread": "Aucune source n’a pu être lue.",
    "nothing": "Rien de nouveau.",
    "others": "Autres sources",
    "differ": "Chiffres qui diffèrent",
    "according": "{figure} selon {source}",
    "feed": "d’après le seul texte du flux",
    "excerpt": "extrait du flux",
    "opening": "début de l’article",
    "added": "Selon {source}",
    "health": "À vérifier",
    "left_out": "Sujets qui n’ont pas été repris : {count}.",
    "colon": " : "
  },
  "en": {
    "title": "Tech news digest, {date}",
    "unread": "No source could be read.",
    "nothing": "Nothing new.",
    "others": "Other sources",
    "differ": "Figures that differ",
    "according": "{figure} according to {source}",
    "feed": "from the feed’s own text only",
    "excerpt": "excerpt of the feed",
    "opening": "opening of the article",
    "added": "According to {source}",
    "health": "To check",
    "left_out": "Stories that were left out: {count}.",
    "colon": ": "
  }
};

export const PHRASES = {
  "digest_opened": "Adresses tirées de «\u00a0{name}\u00a0»\u00a0: {count}.",
  "digest_running": "Les adresses sont lues, puis les sujets résumés\u00a0: cela peut prendre quelques minutes.",
  "digest_done": "Revue prête. Sujets\u00a0: {count}.",
  "seconds": "{seconds}\u00a0s",
  "word": "{words}\u00a0mot",
  "words": "{words}\u00a0mots",
  "sentence": "{sentences}\u00a0phrase",
  "sentences": "{sentences}\u00a0phrases",
  "character": "{characters}\u00a0caractère",
  "characters": "{characters}\u00a0caractères",
  "size": "{words} · {sentences}",
  "coverage": "tout l’article, {words}",
  "coverage_partly": "tiré d’environ {read} sur {words}, vérifié sur tout l’article",
  "count": "{words}, {characters}.",
  "count_html": "{characters} de HTML.",
  "count_article": "{words} dans l’article.",
  "count_aside": "Ce qui a été mis de côté est en gris.",
  "aside": "Mis de côté\u00a0: ",
  "retry": "Réessayez dans {seconds}\u00a0s.",
  "reference": "Référence\u00a0: {request_id}",
  "done": "Résumé prêt. Phrases\u00a0: {sentences}.",
  "done_places": "À vérifier\u00a0: {places}.",
  "done_remarks": "Remarques\u00a0: {remarks}.",
  "clipboard": "Le presse-papiers contient aussi la page en HTML.",
  "clipboard_yes": "Prendre le HTML",
  "clipboard_taken": "Le HTML du presse-papiers a été pris.",
  "clipboard_no": "Revenir au texte",
  "file": "«\u00a0{name}\u00a0» a été ouvert.",
  "file_back": "Revenir au texte d’avant",
  "looks_like_html": "Cela ressemble à du HTML\u00a0: il sera lu comme une page.",
  "looks_like_html_no": "C’est du texte",
  "looks_like_address": "C’est une adresse\u00a0: la page sera lue.",
  "changed": "Le texte a changé depuis ce résumé.",
  "copy": "Copier le résumé",
  "copy_headline": "Copier le titre",
  "copy_markdown": "Copier en Markdown",
  "copied": "Copié",
  "not_copied": "Copie refusée par le navigateur",
  "listen": "Écouter",
  "stop_listening": "Arrêter la lecture",
  "no_voice": "Cet appareil n’a pas de voix pour cette langue\u00a0: installez-en une",
  "shorter": "Plus court",
  "longer": "Plus long",
  "to_english": "En anglais",
  "to_french": "En français",
  "correct": "Corriger",
  "correct_end": "Terminer",
  "corrected": "corrigée",
  "restore": "Annuler les corrections",
  "back_corrected": "Revenir au résumé corrigé",
  "typography": "Copier en typographie française (’ – «\u00a0», espaces insécables)",
  "fold": "Replier l’article",
  "unfold": "Voir l’article",
  "again": "Recommencer",
  "edit": "Modifier l’article",
  "back": "Revenir au résumé précédent",
  "is_french": "C’est bien du français\u00a0: résumer quand même",
  "detail": "Détail",
  "choose": "Choisissez une phrase pour voir le passage dont elle vient.",
  "show_source": "Voir la source de cette phrase",
  "source_of": "Source de la phrase {number}",
  "show_passage": "Voir dans l’article (paragraphe {number})",
  "no_passage": "Aucun passage précis de l’article n’a été trouvé.",
  "in_french": "En français\u00a0: {text}",
  "beside": "Traduction automatique, à relire à côté du français\u00a0:",
  "to_check": "à vérifier",
  "to_check_english": "traduction à vérifier",
  "fact_to_check": "À vérifier\u00a0: {kind}",
  "fact_to_compare": "À comparer avec le français\u00a0: {kind}",
  "unsupported": "À vérifier\u00a0: l’article n’appuie pas cette phrase.",
  "unsupported_facts": "À vérifier, l’article ne l’appuie pas\u00a0: {facts}.",
  "unfaithful": "À vérifier\u00a0: la traduction s’écarte du français ou n’est pas complète.",
  "unfaithful_facts": "À vérifier, l’anglais et le français diffèrent\u00a0: {facts}.",
  "fact": "«\u00a0{text}\u00a0» ({kind})",
  "quoted": "«\u00a0{text}\u00a0»",
  "warnings": "À savoir",
  "place": "Phrase\u00a0{number}",
  "place_headline": "Titre",
  "place_unknown": "Traduction",
  "facts": " ({facts})",
  "title": "Article",
  "origin": "Origine",
  "reading": "Lecture",
  "details": "Détails",
  "model": "Modèle",
  "revision": "Révision",
  "duration": "Durée",
  "answer": "Réponse",
  "from_cache": "déjà faite, gardée en mémoire"
};

/** `template` with each {name} replaced by the value of that name; numbers are written the French way. */
export function fill(template, values = {}) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined || value === null) return "?";
    return typeof value === "number" ? value.toLocaleString("fr-FR") : String(value);
  });
}

/** An ISO date as it is written in a language: "1er mars 2025", "1 March 2025"; what is none stays as it is. */
export function dateOf(iso, language = "fr") {
  const date = new Date(`${iso}T12:00:00`);
  if (Number.isNaN(date.getTime())) return iso;
  const written = date.toLocaleDateString(language === "fr" ? "fr-FR" : "en-GB", { day: "numeric", month: "long", year: "numeric" });
  return language === "fr" ? written.replace(/^1(?!\d|er)/, "1er").replace(" ", "\u00a0") : written;
}

/** A language's name in French, from its code. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames(["fr"], { type: "language" }).of(code);
  } catch {
    return code; // no code of a language
  }
}
