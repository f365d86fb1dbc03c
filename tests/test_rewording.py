"""What the translator takes for something else, and what it is given instead."""

import pytest

from service.facts import Source
from service.rewording import put_right, reworded
from service.translation import TranslationChoice
from tests.test_translation import candidate

REWORDED = [
    ("Nuagis a été devancé par Voxcom.", "Nuagis a été dépassé par Voxcom."),
    ("Nuagis s'est fait doubler par Voxcom.", "Nuagis a été dépassé par Voxcom."),
    ("Nuagis est devancé par Voxcom.", "Nuagis est derrière Voxcom."),
    ("La puce consomme deux fois moins d'énergie.", "La puce consomme moitié moins d'énergie."),
    (
        "Le syndicat craint que les départs ne soient plus nombreux.",
        "Le syndicat craint que les départs soient plus nombreux.",
    ),
    ("La panne a duré 2 h 30.", "La panne a duré 2 heures et 30 minutes."),
    ("Tout est rentré dans l'ordre en 1 h.", "Tout est rentré dans l'ordre en 1 heure."),
    ("Il faut signaler l'incident sous 24h.", "Il faut signaler l'incident sous 24 heures."),
    ("Le support répond 24h/24.", "Le support répond 24 heures sur 24."),
    ("Il offre jusqu'à 20h d'écoute.", "Il offre jusqu'à 20 heures d'écoute."),
    ("Le groupe a perdu de l'argent au T3.", "Le groupe a perdu de l'argent au troisième trimestre."),
    ("Elle offre 10 h d'autonomie.", "Elle offre 10 heures d'autonomie."),
    ("Les ventes ont reculé au T2.", "Les ventes ont reculé au deuxième trimestre."),
    ("Le service ouvrira fin T3 2026.", "Le service ouvrira fin du troisième trimestre 2026."),
    ("Il a perdu un client au S2 2024.", "Il a perdu un client au second semestre 2024."),
    ("Il coûte 2 centimes par Go.", "Il coûte 2 centimes par GB."),
    ("L'offre comprend 100 Go à 1 €/mois.", "L'offre comprend 100 Go pour 1 €/mois."),
    ("Les Franciliens sont inquiets.", "Les habitants d'Île-de-France sont inquiets."),
    ("Un colosse de 2m13.", "Un colosse de 2,13 m."),
    ("La guerre en ex-Yougoslavie.", "La guerre en ancienne Yougoslavie."),
    ("L'humoriste a interpellé le chef de l'État.", "L'humoriste a questionné le chef de l'État."),
    (
        "Ils vont poursuivre le réseau social TikTok pour non-respect de la loi.",
        "Ils vont attaquer en justice le réseau social TikTok pour non-respect de la loi.",
    ),
    ("L'application ne fait pas recette.", "L'application n'a pas de succès."),
    ("Ce jeu fait fureur.", "Ce jeu a un grand succès."),
    ("La primaire de la gauche a un site.", "L'élection primaire de la gauche a un site."),
    ("La plateforme de commande de VTC Uber.", "La plateforme de commande Uber."),
    ("Deux soirées dans le collimateur.", "Deux soirées sous surveillance."),
    ("Des sangliers dans la cité phocéenne.", "Des sangliers dans la ville de Marseille."),
    ("Des élus franciliens ont dormi dans la rue.", "Des élus d'Île-de-France ont dormi dans la rue."),
    ("La start-up rémoise recrute dans l'agglomération havraise.", "La start-up de Reims recrute dans l'agglomération du Havre."),
    ("L'attaque date du 12/02/2024.", "L'attaque date du 12 février 2024."),
    ("Il a passé le cap des 10 millions d'abonnés.", "Il a dépassé les 10 millions d'abonnés."),
    ("Elle franchit la barre du milliard.", "Elle dépasse le milliard."),
    ("Le groupe a cédé près de 60 % de sa valeur.", "Le groupe a perdu près de 60 % de sa valeur."),
    ("Le titre a gagné 3 %.", "Le cours de l'action a gagné 3 %."),
    ("L'action Nuagis chute de 12 %.", "Le cours de l'action de Nuagis chute de 12 %."),
    ("Une puce gravée en 3 nm.", "Une puce fabriquée en 3 nm."),
    ("La cyberattaque vise la présidentielle américaine.", "La cyberattaque vise l'élection présidentielle américaine."),
    ("La campagne présidentielle commence.", "La campagne présidentielle commence."),
    ("Il se présente aux municipales de 2020.", "Il se présente aux élections municipales de 2020."),
    ("Deux associations ont assigné Nuagis devant le tribunal.", "Deux associations ont poursuivi Nuagis devant le tribunal."),
    ("Nuagis est assigné en justice.", "Nuagis est poursuivi en justice."),
    ("Il est assigné à résidence.", "Il est assigné à résidence."),
    ("Le journal de 20h00 l'a dit.", "Le journal télévisé de 20h00 l'a dit."),
    ("Des commentaires critiques à l'égard du parti.", "Des commentaires critiquant le parti."),
    ("Des messages critiques à l'égard d'Anne Leroy.", "Des messages critiquant Anne Leroy."),
    ("Le gendarme des données personnelles enquête.", "Le régulateur des données personnelles enquête."),
    ("Il part, dit-il dans les colonnes du Point.", "Il part, dit-il dans Le Point."),
    ("Il part, dit-il dans les colonnes de Libération.", "Il part, dit-il dans Libération."),
    ("Il part, dit-il dans les colonnes du New York Times.", "Il part, dit-il dans le New York Times."),
    ("Il l'a dit au micro d'Europe 1.", "Il l'a dit sur Europe 1."),
    ("Il l'a dit au micro de France Info.", "Il l'a dit sur France Info."),
    ("Une alpiniste s'est tuée dans le massif.", "Une alpiniste est morte dans le massif."),
    ("Il a pris la fuite avant de prendre la fuite encore.", "Il a fui avant de fuir encore."),
    ("La maire PS de Paris.", "La maire socialiste de Paris."),
    ("Les sénateurs PS votent.", "Les sénateurs socialistes votent."),
    ("La candidate LR à la mairie de Paris.", "La candidate LR au poste de maire de Paris."),
    ("Elle a été investie par Les Républicains.", "Elle a été choisie comme candidate par Les Républicains."),
    ("Nuagis est dans le collimateur du fisc.", "Nuagis est dans le viseur de l'administration fiscale."),
    ("Une année à marquer d'une pierre blanche.", "Une année à retenir."),
    ("Les pirates réclament une rançon.", "Les hackers réclament une rançon."),
    ("L'ex-PDG de Nuagis a été relaxé.", "L'ancien PDG de Nuagis a été acquitté."),
    ("La société a failli déposer le bilan.", "La société a failli faire faillite."),
    ("La société met la clé sous la porte.", "La société cesse ses activités."),
    ("Le groupe supprime 400 de ses postes.", "Le groupe supprime 400 de ses emplois."),
    ("Le gendarme des télécoms enquête.", "Le régulateur des télécoms enquête."),
    ("Elle a pris trois ans de prison, dont deux ferme.", "Elle a pris trois ans de prison, dont deux derrière les barreaux."),
    ("Xiaomi a écoulé 42 millions de téléphones.", "Xiaomi a vendu 42 millions de téléphones."),
    ("L'Arcep a mis en demeure Nuagis de payer.", "L'Arcep a sommé Nuagis de payer."),
    ("Nuagis a été mise en demeure de payer.", "Nuagis a été sommée de payer."),
    ("Les fichiers avaient pu être copiés.", "Les fichiers avaient peut-être été copiés."),
    ("L'enseigne Voxmag a porté plainte.", "La marque Voxmag a porté plainte."),
    ("La justice a donné raison au groupe.", "La justice a statué en faveur du groupe."),
    ("Deezer assure que tout va bien.", "Deezer affirme que tout va bien."),
    ("Voxcom va se séparer de 650 postes.", "Voxcom va supprimer 650 emplois."),
    ("Le jeu s'est écoulé à 2 millions d'exemplaires.", "Le jeu s'est vendu à 2 millions d'exemplaires."),
    ("Nuagis devient son premier actionnaire.", "Nuagis devient son principal actionnaire."),
    ("Gartner table sur une hausse.", "Gartner prévoit une hausse."),
    ("Les faux conseillers ont fait 400 victimes.", "Les faux conseillers ont touché 400 victimes."),
    ("Il proposait une offre pour séduire les PME.", "Il commercialisait une offre pour attirer les PME."),
    ("La capsule n'a encore jamais volé.", "La capsule n'a jamais volé."),
    ("Il paie 2 euros/Go.", "Il paie 2 euros/GB."),
    ("Il affiche un débit de 8 Gb/s.", "Il affiche un vitesse de 8 Gb/s."),
    ("Il la tient d'une enquête de plusieurs médias.", "Il la tient d'une investigation de plusieurs médias."),
    ("L'arnaque a fait 300 victimes.", "L'arnaque a touché 300 victimes."),
    ("Les analystes tablaient sur un bénéfice.", "Les analystes prévoyaient un bénéfice."),
    ("Le titre cédait 3 % à l'ouverture.", "L'action était en baisse de 3 % à l'ouverture."),
    ("Le bénéfice fond de 40 %.", "Le bénéfice chute de 40 %."),
    ("Elle boucle une série A de 12 millions.", "Elle boucle une levée de fonds de série A de 12 millions."),
    ("Un écran de 6,7 pouces à 120 Hz.", "Un écran de 6,7 pouces avec une fréquence de 120 Hz."),
    ("Wikipédia souffle ses 25 bougies.", "Wikipédia fête ses 25 ans."),
    ("L'américain rachète une start-up.", "Le groupe américain rachète une start-up."),
    ("Un tir est prévu à Kourou.", "Un lancement est prévu à Kourou."),
    ("La réforme portée par la ministre.", "La réforme défendu par la ministre."),
    ("L'éditeur a été débouté de ses demandes.", "L'éditeur a vu ses demandes être rejetées."),
    ("Le jugement a été mis en délibéré au 12 mars.", "Le jugement sera rendu le 12 mars."),
    ("Le Conseil constitutionnel a censuré la loi.", "Le Conseil constitutionnel a annulé la loi."),
    ("Des proches de Carlos Ghosn.", "Des personnes proches de Carlos Ghosn."),
]  # fmt: skip
KEPT = [
    "Aucun mot de passe n'a pu être compromis.",
    "Nuagis va supprimer des postes de travail sous Windows.",
    "La suppression des mises à jour touche des millions de postes.",
    "Le T4 de Nvidia équipe les serveurs.",
    "Le T3 sera prolongé jusqu'à la porte Dauphine.",
    "L'isérois Nuagis a publié ses résultats.",
    "La filiale du dijonnais Voxcom.",
    "La police a interpellé le maire de la ville.",
    "L'avocat a interpellé un collègue.",
    "Il veut poursuivre le projet pour une raison simple.",
    "La primaire et le collège.",
    "Le rémois est là.",
    "Le service rouvre à 4 h et ferme à 18 h 30.",  # times of the day
    "Le nouveau forfait est deux fois moins cher.",
    "Des pirates somaliens ont pris un navire.",
    "Nuagis repousse son jeu de pirates.",
    "Le séisme a fait 300 victimes.",
    "Elle a reçu une mise en demeure de payer.",
    "Le forfait passe de 100 Go à 200 Go.",
    "Le film est doublé par un acteur.",
    "Le groupe a cédé 30 % de ses parts.",
    "Le titre a gagné un prix à Cannes.",
    "Il a constaté un débit de 50 euros.",
    "Il veut s'assurer que tout fonctionne.",
    "Le service a pu être rétabli.",
    "Deux mois se sont écoulés.",
    "C'est une débauche de moyens.",
    "Les faits lui ont donné raison, et à son groupe aussi.",
    "L'avenir a donné raison à son fondateur.",
    "Il a proposé une offre de rachat de Nuagis.",
    "La table sur laquelle il travaille.",
    "Ce mécanisme assure que rien ne se perd.",
    "Une équipe expérimentée table dessus.",
    "Trois sites, dont deux fermes solaires.",
    "L'attaque a fait douze victimes.",
    "Il passe le cap de la rentabilité.",
    "Une enquête d'opinion de ce magazine le montre.",
    "Le groupe a cédé sa filiale.",
    "Le titre du film a changé.",
    "Les gendarmes ont saisi un ordinateur.",
    "Cette ligne, T2, est un tramway.",
    "Nuagis a doublé ses ventes.",
    "Le bâtiment a été investi par les forces de l'ordre.",
    "Il va à la mairie de Paris.",
    "Elle écrit dans les colonnes.",
    "Cinquante millions d'euros ont été investis par Nuagis.",
    "L'immeuble a été investi par une centaine de manifestants.",
    "Les critiques à l'égard de Nuagis se multiplient.",
    "Le chinois est une langue difficile.",
    "Les proches de la victime témoignent.",
    "Le joueur a réussi un tir.",
    "Ils sont très critiques à l'égard du gouvernement.",
    "Elle l'a dit au micro de Léa Martin.",
    "Ils ont mis en cause l'efficacité du vaccin.",
]


@pytest.mark.parametrize(("french", "given"), REWORDED)
def test_what_the_translator_is_given(french: str, given: str) -> None:
    assert reworded(french) == given
    assert reworded(given) == given
    assert TranslationChoice(french, Source(french)).ordered == TranslationChoice(given, Source(given)).ordered


@pytest.mark.parametrize("french", KEPT)
def test_what_it_understands_stays(french: str) -> None:
    assert reworded(french) == french


@pytest.mark.parametrize(
    ("french", "made", "english"),
    [
        ("Il en a perdu moitié moins.", "It lost twice as many.", "It lost half as many."),
        ("Elles sont moitié moins importantes.", "They are half as small.", "They are half as large."),
        ("La faille est connue.", "Vulnerability is known.", "The vulnerability is known."),
        ("On se sert de la faille.", "They make use of vulnerability.", "They make use of the vulnerability."),
        ("La faille CVE-2025-1 est connue.", "Vulnerability CVE-2025-1 is known.", "Vulnerability CVE-2025-1 is known."),
        ("Les députés ont voté.", "MEPs voted.", "MPs voted."),
        ("Une levée de série A.", "An A series funding.", "A Series A funding."),
        ("L'étage supérieur du lanceur.", "The rocket's upper floor.", "The rocket's upper stage."),
        ("Le message a été signalé.", "The message has been posted.", "The message has been reported."),
        ("Le site de Crolles et ses salariés.", "The Crolles website and its staff.", "The Crolles site and its staff."),
        ("Le cours a atteint un record.", "The course reached a record.", "The price reached a record."),
        ("Le premier étage du lanceur est là.", "The rocket's first floor is there.", "The rocket's first stage is there."),
        ("Le premier étage de la tour, un lanceur.", "The tower's first floor, a rocket.", "The tower's first floor, a rocket."),
        ("Les eurodéputés ont voté.", "MEPs voted.", "MEPs voted."),
        ("Le cours de l'action a bondi.", "The course of action jumped.", "The share price jumped."),
        ("Il a 3 ans et demi d'avance.", "It is 31⁄2 years ahead.", "It is 3 and a half years ahead."),
        ("La dernière navette américaine habitée.", "The last inhabited shuttle.", "The last crewed shuttle."),
        ("Ils ont successivement cédé.", "They successfully gave in.", "They successively gave in."),
        ("Le dernier fabricant mondial.", "The latest global manufacturer.", "The last global manufacturer."),
        ("La fuite de l'ex-patron.", "The leak of the former boss.", "The escape of the former boss."),
        ("Le constructeur, selon les autorités.", "The carmaker, say the authorities.", "The manufacturer, say the authorities."),
        ("Le constructeur Renault.", "The carmaker Renault.", "The carmaker Renault."),
        ("La loi Mobilités.", "The Mobilitys Act.", "The Mobilities Act."),
        ("La Britannique Ada Lovelace.", "Britishwoman Ada Lovelace.", "Briton Ada Lovelace."),
        ("Le taliban Daud est libre.", "Talibanman Daud is free.", "Taliban Daud is free."),
        ("La Française est une Anglaise.", "The Frenchwoman is an Englishwoman.", "The Frenchwoman is an Englishwoman."),
        ("Les vols habités ont repris.", "The domestic US flights resumed.", "The crewed US flights resumed."),
        ("Il est sur la flèche de la cathédrale.", "It is on the cathedral's arrow.", "It is on the cathedral's spire."),
        ("La flèche rouge.", "The red arrow.", "The red arrow."),
        ("Un gain de 3 millions au Loto.", "A Loto gain of 3 million.", "A Loto win of 3 million."),
        ("Sur la voie publique.", "On the open road.", "On the public highway."),
        ("La puce a 12 cœurs.", "The chip has 12 hearts.", "The chip has 12 cores."),
        ("L'autonomie atteint 36 heures.", "The autonomy is 36 hours.", "The battery life is 36 hours."),
        ("Pas à n'importe quel prix, dit-il.", "It is not sold at any price.", "It is not sold at just any price."),
    ],
)  # fmt: skip
def test_what_is_put_right(french: str, made: str, english: str) -> None:
    assert put_right(made, french, "Un article.") == english
    assert put_right(english, french, "Un article.") == english


def test_members_of_the_european_parliament_stay_what_they_are() -> None:
    assert put_right("MEPs voted.", "Les députés ont voté.", "Le Parlement européen siège à Strasbourg.") == "MEPs voted."


def test_the_facts_of_the_changed_sentence_are_checked() -> None:
    french = "La panne du 12/02/2024 a duré 2 h 30 et les ventes ont reculé au T2."
    english = "The breakdown of 12 February 2024 lasted 2 hours and 30 minutes and sales fell in the second quarter."
    best = TranslationChoice(french, Source(french)).best([candidate(english)])
    assert (best.text, best.sound, best.repaired) == (english, True, 0)
