import pytest

from service.reading.boilerplate import MAX_BLOCK, Kind, boilerplate
from tests.timing import seconds_of

LINES = {
    Kind.READING_TIME: [
        "4-5 minutes", "Temps de lecture : 3 min", "3 min de lecture", "Lecture 5 min.",
        "Temps de lecture : environ 4 minutes",
        "Lecture 4 min | Cloud", "4 min. de lecture",
    ],
    Kind.DATELINE: [
        "Claire Martin, Youssef Benali Publié : 12/03/2025 à 09:30", "Publié le 12 mars 2024",
        "Publié le 12 mars 2024 à 10h30",
        "Publié le 12 mars 2024 à 10h30, mis à jour le 13 mars 2024 à 8h",
        "Par Jean Dupont, publié le 3 mai 2023 à 14:20",
        "12 mars 2024", "Le 12 mars 2024 à 10h30", "mardi 12 mars 2024", "2024-03-12",
        "1er janvier 2025 - 08:00",
        "Publié hier à 18h05", "Publié il y a 3 heures", "Article publié le 2 septembre 2024",
        "Tech · Publié le 3 mai 2023 · 4 min", "Publié le 12 mars 2024 par Jean Dupont.",
        "12/03/2025 - 09:30 | Cloud",
        "Le Monde avec AFP Publié le 12 mars 2024 à 10h30 - Mis à jour le 12 mars 2024 à 11h",
        "Par Jean Dupont, le 12 mars 2024 à 10h30",
        "Rédigé par Jean Dupont et Marc Rees, le 3 mai 2023",
        "Publié le: 12 mars 2024", "Par Jean Dupont | mardi 12 mars 2024",
        "Par Jean-Paul de La Rue - 12/03/2024",
        "Publié le mardi 12 mars 2024", "Marc Rees, journaliste Publié le 3 mai 2023",
        "Orange avec AFP, publié le lundi 29 août 2016 à 15h05", "12 mars 2024 - Lille",
        "12 mars 2024, mis à jour à 10h",
        "03 septembre 2025 \\ 09h15",
        "12 mars 2024 - 3 min de lecture", "12 mars 2024 – Par Jean Dupont",
        "12 mars 2024 | Cloud et intelligence artificielle",
    ],
    Kind.LINK: ["linforme.com", "https://www.next.ink/123/", "www.lemonde.fr",
    "lecourrierdunumerique.example"],
    Kind.PROMPT: [
        "Lire aussi : Pourquoi les hôpitaux changent d'hébergeur",
        "Lire aussi Pourquoi les hôpitaux changent d'hébergeur",
        "À lire aussi", "À lire aussi » Un autre article", "→ À lire également : le dossier",
        "Lire notre enquête sur Huawei",
        "Lire aussi l’enquête de la rédaction",
        "(Lire aussi notre article du 3 mai)", "Lire la suite", "En savoir plus",
        "Sur le même sujet", "Pour aller plus loin :",
        "Articles similaires", "Les plus lus", "S'inscrire à la newsletter", "Newsletter",
        "Rejoignez notre chaîne WhatsApp",
        "Inscrivez-vous à notre newsletter pour recevoir chaque matin l'essentiel du numérique.",
        "Recevez chaque matin l'actualité tech dans votre boîte mail.",
        "Abonnez-vous gratuitement à notre infolettre !",
        "Suivez-nous sur X, Facebook et LinkedIn", "Suivez Numerama sur Google News", "Partager",
        "Copier le lien",
        "Partager sur Facebook, X et LinkedIn", "Commentaires (12)", "12 commentaires",
        "Laisser un commentaire", "Réagir",
        "La suite après la publicité", "Passer la publicité", "FacebookXLinkedInWhatsApp",
        "Facebook · X · Bluesky",
        "Vous avez déjà un compte ? Se connecter", "Déjà un compte ?",
        "Lire aussiMeta change d'avis",
        "Publicité", "Contenu sponsorisé", "Une erreur dans l'article ? Signalez-la.",
        "Tags : cloud, Orange",
        "À propos de l'auteur", "Certains liens de cet article sont affiliés.",
        "Téléchargez notre application mobile",
        "Haut de page", "Accueil > Tech > Cloud", "Connectez-vous pour commenter",
        "🔴 Suivez 01net sur Google Actualités et WhatsApp.",
        "👉 Abonnez-vous à notre newsletter pour ne rien rater",
        "🎧 À écouter : notre podcast sur le cloud",
        "Retrouvez un résumé de cet article sur notre chaîne WhatsApp",
        "Pour ne rien manquer, suivez Nuagis sur Google News",
        "Ajoutez Clubic à vos sources préférées dans Google",
        "Voir cette publication sur Instagram", "Une publication partagée par Nuagis (@nuagis)",
        "Lire l'article →",
        "Écouter cet article", "00:00 / 03:21", "Voir le prix", "Voir le prix sur Amazon",
        "S’abonner sans engagement",
        "Se désabonner", "Se désabonner | Gérer mes préférences", "Voir dans le navigateur",
        "COMMUNIQUÉ DE PRESSE",
        "Vous recevez cet e-mail parce que vous êtes inscrit à La Matinale.",
        "_🔔 Lire aussi : un autre article_",
        "En achetant via ces liens, nous touchons une commission.", "Pour diffusion immédiate",
        "Dossier de presse",
        "Nous pouvons toucher une commission lors d'un achat via nos liens.",
        "Pour approfondir sur IaaS",
        "Nuagis peut percevoir une commission lors d'un achat via les liens affiliés.",
        "Réagissez à cet article",
        "Pour ne manquer aucune actualité de 01net, suivez-nous sur Google Actualités et WhatsApp.",
        "Article rédigé par",
        "Pour ne rater aucune actualité de Nuagis, suivez-nous sur Google News",
        "Suivez l'auteur sur Linked In",
        "Article rédigé par Jean Dupont", "Article rédigé par Jean Dupont Rédacteur en chef",
        "Ajouter à vos favoris",
        "Vous avez apprécié cet article ?",
        "Retrouvez tous les articles de Frandroid directement sur Google.",
        "Si vous achetez grâce à nos liens, nous pouvons percevoir une commission sans surcoût "
        "pour vous.",
    ],
    Kind.CREDIT: [
        "Crédit photo : Jean Dupont", "Crédits : Ludovic MARIN / AFP", "© Orange", "Photo AFP",
        "AFP", "(avec AFP)", "Reuters",
        "Photo : le siège d'Orange à Issy-les-Moulineaux", "Getty Images", "Source : Cnil",
        "Ludovic Marin / AFP",
        "Illustration : une salle de serveurs", "Vidéo : Orange", "D.R.", "Source : Reuters.",
        "Jean Dupont via Unsplash",
        "(Photo d'illustration) - Pixabay", "Image d'illustration",
        "Sam Altman, en 2024. // Source : Village Global",
        "// Crédit : Nuagis", "adc-dar/dac/pta", "mra/bl",
        "Via : The Verge", "Image d'illustration. — © Shutterstock", "Tous droits réservés.",
        "Tous droits de reproduction et de représentation réservés. © Agence France-Presse",
        "Les trois fondateurs de Spore.Bio. (Photo : DR)",
        "Le Pixel 10, vu de dos. (Crédit photo : Google)",
        "L'équipe sur scène, le 11 décembre 2025. (FREDERIC J. BROWN / AFP)",
        "Le ministre, mardi. LUDOVIC MARIN / AFP",
        "Un iPhone à Taipei. REUTERS/Ann Wang", "Une salle de serveurs à Roubaix. © OVHcloud",
    ],
    Kind.PAYWALL: [
        "Cet article est réservé aux abonnés.", "Article réservé à nos abonnés",
        "Contenu réservé aux abonnés",
        "La suite est réservée à nos abonnés", "Il vous reste 75 % de cet article à lire",
        "Pour lire la suite, abonnez-vous",
        "Déjà abonné ? Connectez-vous", "Abonnez-vous pour lire la suite",
        "Abonnez-vous à partir de 1 €",
        "Identifiez-vous pour lire cet article", "Réservé aux abonnés", "Article abonné",
        "Article réservé aux abonnés",
        "Abonnez-vous dès maintenant pour lire la suite",
        "Créez un compte gratuit pour lire la suite",
        "Lisez la suite de cet article en vous abonnant",
        "Abonnez-vous à La lettre de Marc pour continuer à lire ce post",
        "L'accès à la totalité de l'article est réservé à nos abonnés.",
        "Poursuivez votre lecture : abonnez-vous dès 1 €",
    ],
    Kind.CONSENT: [
        "Nous utilisons des cookies pour améliorer votre expérience.", "Tout accepter",
        "Continuer sans accepter",
        "En poursuivant, vous acceptez l'utilisation de cookies", "Gérer mes cookies",
        "Politique de confidentialité",
        "Nous et nos 842 partenaires stockons des informations sur votre appareil",
        "Afin de lire cette vidéo, vous devez accepter les cookies YouTube.",
        "Ce contenu est bloqué car vous n'avez pas accepté les cookies et autres traceurs.",
    ],
    Kind.PAGE_NUMBER: ["Page 3", "Page 1 sur 2", "page 1/12"],
}  # fmt: skip

SENTENCES = """\
Pour accéder à l'intégralité du catalogue, les abonnés devront payer 21,99 euros par mois.
Pour effacer les cookies de votre appareil, ouvrez les réglages du navigateur.
Refusez les cookies tiers dans les paramètres de votre navigateur.
À lire les commentaires, la mesure passe mal auprès des développeurs.
À voir la réaction des marchés, l'annonce n'a pas convaincu.
Publié en 2021, le rapport de la Cnil n'a pas été suivi d'effets.
Publié le 12 mars 2024, le décret impose aux plateformes de vérifier l'âge de leurs visiteurs.
Mis à jour le 4 juin 2024, le système corrige trois failles critiques.
Selon une étude publiée le 5 juin 2024 par l'Arcep, la fibre progresse encore.
Le 12 mars 2024, les serveurs d'OVHcloud s'arrêtent.
Par le décret du 12 mars 2024, l'État impose le nuage français à ses ministères.
Écrit par Jean Dupont le 12 mars 2024, le message a été effacé dans la soirée.
Vous avez déjà un compte ? Nuagis vous demandera pourtant une pièce d'identité.
Passer la publicité coûte désormais trois euros par mois aux abonnés.
Facebook, Instagram et WhatsApp sont en panne.
Posté hier sur X, le message a été effacé dans la soirée.
Photo Booth disparaît de macOS avec la prochaine mise à jour.
La newsletter de Substack compte désormais cinq millions d'abonnés payants.
Accueil glacial pour le nouveau casque d'Apple.
Image de synthèse ou vraie photo, la frontière se brouille.
Source ouverte et gratuite, la bibliothèque est utilisée par Netflix.
Reuters révèle que le groupe a licencié 300 personnes.
Reuters a eu accès au document.
AP Moller-Maersk a été victime du rançongiciel NotPetya.
Apple dévoile un nouvel iPad.
Après le Soudan, la panne touche l'Égypte.
Getty Images attaque Stability AI en justice.
Vidéo : la plateforme de Google passe au 8K et augmente ses tarifs.
Vidéo : Netflix augmente encore le prix de ses abonnements
Illustration : à Nantes, une école a banni les écrans.
Annonce surprise à Cupertino : Apple abandonne sa voiture.
Publicité ciblée : la Cnil inflige 40 millions d'euros d'amende à Criteo.
Recevez-vous des mails indésirables, les filtres de Gmail n'y changent plus grand-chose.
Rejoignez la chaîne de production et vous verrez surtout des robots.
S'abonner à Netflix coûte désormais 15 euros, et l'essai gratuit a disparu.
En savoir plus sur ses voisins, c'est la promesse de l'application Nextdoor.
Pour aller plus loin, la Commission veut interdire les cookies tiers.
Pour lire la suite, il faudra attendre le procès, en septembre.
Voir plus loin que ses concurrents, tel est le credo de Nvidia.
Voir également ses concurrents progresser inquiète Intel.
Lire plus vite grâce à l'IA, c'est la promesse de la jeune pousse.
Partager sur Facebook une photo de ses enfants peut coûter cher.
Nos partenaires utilisent des drones, explique le dirigeant.
Google a annoncé qu'il renonçait à refuser les cookies tiers dans Chrome.
Ce contenu est réservé aux majeurs, prévient la plateforme.
Déjà abonné à Canal+, le client paie deux fois.
Vous êtes abonné à Free ? Vos données ont peut-être fuité.
Réagir vite est essentiel.
Écrit par une IA, le roman a remporté un prix littéraire au Japon.
Tous les articles de la loi ont été adoptés par les députés.
En partenariat avec Microsoft, Capgemini a créé Bleu, un cloud de confiance.
Les prix des cartes graphiques peuvent varier du simple au double.
Dans la même catégorie, Samsung propose un modèle à 499 euros.
Signaler un contenu illicite deviendra plus simple, promet Bruxelles.
Le site linforme.com a révélé l'affaire.
15 minutes suffisent pour recharger la batterie.
12 mars 2024 - Nuagis dépose le bilan
14 juin 2024 – 300 salariés quittent Datavallée
14 juin 2024 - À Lille, Nuagis ouvre une région
Le 11 mai 1960, Israël capture "l'homme de la Solution finale"
L'accès à la 5G+ est réservé aux abonnés de Nuagis.
Réservé aux abonnés de Nuagis, le service coûte 5 euros.
Pour continuer à lire ses articles, Nuagis demande un euro.
Pour ne rien manquer de la conférence, suivez-la sur YouTube.
Pour regarder cette vidéo, il faut un compte.
Retrouvez le Pixel perdu sur une carte, promet Google.
Ajoutez le site à votre écran d'accueil avec le bouton Partager.
Voir le prix monter inquiète les clients de Nuagis.
Lire l'article premier de la loi suffit à comprendre.
Se désabonner de Netflix devient plus simple.
« Nous touchons une commission sur chaque lien », reconnaît le dirigeant.
Communiqué de presse à l'appui, Nuagis dément.
Page 3 du rapport, la Cnil dénonce un lien opaque.
👉 Nuagis ouvre une région à Lille.
Nuagis vend ses salles à Datavallée (photo).
Nuagis emploie 300 personnes (source : Insee).
Nuagis a supprimé mardi 200 postes. © AFP
Nuagis a supprimé mardi 200 postes. (Reuters / AFP)
« Nuagis n'a rien à se reprocher », a dit mardi Anne Leroy. (Jean Dupont / AFP)
Nuagis a fermé mardi à Lille. Ses clients sont partis. (Jean Dupont / AFP)
Apple peut percevoir une commission lors d'un achat via les liens externes.
Nous pouvons percevoir une commission si l'État le permet.
Tous droits réservés à l'éditeur, le jeu ne sortira pas en France.
Pour approfondir sur place ses recherches, la Cnil envoie trois agents.
Via son site, Nuagis a prévenu ses clients.
Pour ne manquer de rien, Nuagis a doublé ses stocks.
Article écrit par une IA, le texte a trompé ses lecteurs.
""".splitlines()


@pytest.mark.parametrize(
    ("kind", "line"), [(kind, line) for kind, lines in LINES.items() for line in lines]
)
def test_boilerplate_is_told_by_its_kind(kind: Kind, line: str) -> None:
    assert boilerplate(line) is kind


def test_every_kind_has_examples() -> None:
    assert set(LINES) == set(Kind)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_of_articles_are_no_boilerplate(sentence: str) -> None:
    assert boilerplate(sentence) is None


def test_long_blocks_are_never_boilerplate() -> None:
    line = "Lire aussi : "
    assert boilerplate(line + "a" * (MAX_BLOCK - len(line))) is Kind.PROMPT
    assert boilerplate(line + "a" * (MAX_BLOCK - len(line) + 1)) is None


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_apostrophes_and_spaces_do_not_matter(apostrophe: str) -> None:
    assert boilerplate(f"S{apostrophe}inscrire  à\xa0la newsletter") is Kind.PROMPT


@pytest.mark.parametrize(
    "piece",
    [
        "Aa ",
        "A",
        "A, ",
        "(A) ",
        "Jean Dupont / ",
        "le ",
        "d'",
        "lundi ",
        "AFP, ",
        "- ",
        "lien nous ",
        "// source : ",
        "_-",
        "le ab/",
        "© A ",
        "A. (photo : ",
        "REUTERS/Aa ",
        "(Aa Aa / ",
        "nous pouvons recevoir une commission liens ",
        "pour approfondir sur ",
    ],
)
def test_no_line_takes_long(piece: str) -> None:
    block = (piece * MAX_BLOCK)[: MAX_BLOCK - 1] + "§"
    assert seconds_of(lambda: boilerplate(block)) < 1
